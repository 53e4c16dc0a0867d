# Rails' own ActionCable on loopback: the channel and the few routes of Chatwoot's client API are ours, the socket is not.
require "action_cable"
require "json"

ActionCable.server.config.cable = { "adapter" => "async" }
ActionCable.server.config.disable_request_forgery_protection = true
ActionCable.server.config.logger = Logger.new(File::NULL)
class Connection < ActionCable::Connection::Base; end
ActionCable.server.config.connection_class = -> { Connection }

SEEN = []
class RoomChannel < ActionCable::Channel::Base
  def subscribed
    stream_from params[:pubsub_token]
  end

  def update_presence
    SEEN << params[:pubsub_token]
  end
end

TALKS = []
LOCK = Mutex.new
json = ->(status, body) { [status, { "content-type" => "application/json" }, [body.to_json]] }
tell = ->(talk, event, data) { ActionCable.server.broadcast("tok-#{talk}", { event: event, data: data }) }

run(lambda do |env|
  path = env["PATH_INFO"]
  next ActionCable.server.call(env) if path == "/cable"

  body = env["REQUEST_METHOD"] == "POST" ? JSON.parse(env["rack.input"].read.then { |text| text.empty? ? "{}" : text }) : {}
  LOCK.synchronize do
    case [env["REQUEST_METHOD"], path]
    in ["POST", %r{/contacts\z}]
      TALKS << []
      json.(200, { source_id: "src-#{TALKS.size - 1}", pubsub_token: "tok-#{TALKS.size - 1}", id: TALKS.size })
    in ["POST", %r{/contacts/src-(\d+)/conversations\z}]
      json.(200, { id: Regexp.last_match(1).to_i, status: "open", messages: [] })
    in ["GET", %r{/conversations/(\d+)/messages\z}]
      json.(200, TALKS[Regexp.last_match(1).to_i])
    in ["POST", %r{/conversations/(\d+)/messages\z}]
      talk = Regexp.last_match(1).to_i
      message = {
        id: TALKS[talk].size + 1, content: body["content"], message_type: body["as_agent"] ? 1 : 0, content_type: "text",
        content_attributes: {}, created_at: Time.now.to_i, conversation_id: talk, echo_id: body["echo_id"],
        sender: { name: "Ana" },
      }
      TALKS[talk] << message
      tell.(talk, "message.created", message)
      json.(200, message)
    in ["POST", %r{/conversations/(\d+)/resolve\z}]
      tell.(Regexp.last_match(1).to_i, "conversation.status_changed", { id: Regexp.last_match(1).to_i, status: "resolved" })
      json.(200, {})
    in ["GET", "/talks"]
      json.(200, { talks: TALKS, present: SEEN.uniq })
    else
      json.(404, {})
    end
  end
end)

-- An XMPP server for one run of `cargo xtask conformance`: on this machine alone. Whoever comes is who they say:
-- every test has accounts of its own. The step fills in PORT and FOLDER.
pidfile = "FOLDER/prosody.pid"
data_path = "FOLDER"
run_as_root = true
modules_enabled = { "roster", "saslauth", "disco", "websocket", "http", "ping" }
modules_disabled = { "s2s" }
interfaces = { "127.0.0.1" }
c2s_ports = {}
allow_unencrypted_plain_auth = true
c2s_require_encryption = false
http_ports = { PORT }
http_interfaces = { "127.0.0.1" }
https_ports = {}
consider_websocket_secure = true
http_default_host = "agents.localhost"
storage = "internal"
authentication = "insecure"
insecure_open_authentication = "Yes please, I know what I'm doing!"
log = { warn = "FOLDER/prosody.log" }
VirtualHost "agents.localhost"
  disco_items = { { "rooms.localhost" } }
Component "rooms.localhost" "muc"
  modules_enabled = { "muc_mam" }
  muc_room_default_public = false
  restrict_room_creation = false

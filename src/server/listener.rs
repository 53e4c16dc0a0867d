//! The loop that accepts connections: with time-outs, a limit, and a graceful end.
//!
//! Only HTTP/1.1 is spoken: a proxy in front speaks whatever browsers like, and the detection of
//! HTTP/2 would read first bytes without any time-out.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::App;
use super::hub::stopped;
use super::metrics::Open;

/// Most bytes of a request's head, and of what hyper reads ahead.
const HEAD_BYTES: usize = 32 * 1024;

/// What a connection over the limit hears before it is closed.
const BUSY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Answers connections until `stopping` says so, then waits for those that are open.
pub async fn serve(listener: TcpListener, router: Router, app: &App, mut stopping: watch::Receiver<bool>) {
    let limits = &app.limits;
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(HEAD_BYTES)
        .half_close(false);
    let permits = Arc::new(Semaphore::new(limits.max_connections));
    let mut open = JoinSet::new();
    loop {
        let (stream, address) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Most likely no file handle is left; some will be soon.
                    super::log(&format!("cannot accept: {error}"));
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = stopped(&mut stopping) => break,
            Some(_) = open.join_next() => continue,
        };
        let Ok(permit) = Arc::clone(&permits).try_acquire_owned() else {
            refuse(stream);
            continue;
        };
        let connection = answer(stream, address, router.clone(), builder.clone(), stopping.clone());
        let counted = Open::one(&app.metrics.connections);
        open.spawn(async move {
            connection.await;
            drop((permit, counted));
        });
    }
    drop(listener);
    let all = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(limits.stop_timeout, all).await.is_err() {
        super::log("stopped with connections still open");
    }
}

/// Says "busy" without waiting for anything.
fn refuse(mut stream: TcpStream) {
    tokio::spawn(async move {
        let _ = stream.write_all(BUSY).await;
    });
}

async fn answer(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    builder: http1::Builder,
    mut stopping: watch::Receiver<bool>,
) {
    // Small answers must not wait for more to come.
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(address));
        router.call(request)
    });
    let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(connection);
    tokio::select! {
        // Errors here are connections that went away or broke the protocol: nobody is left to tell.
        _ = connection.as_mut() => {}
        () = stopped(&mut stopping) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

//! Connections: taken, served, and ended in order.

use crate::{
    config::Limits,
    http::{connections::Place, network::Peer, stream::Impatient},
    service::app::App,
};
use axum::extract::Request;
use hyper::{
    body::{Body as _, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tower::Service;

/// After a connection could not be taken (there are too many open files, say) the next is taken after this.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest head of a request, and what is kept of a body or an answer between the socket and the service, bytes.
const BUFFER_BYTES: usize = 32 << 10;
/// What the system keeps of an answer behind a socket, bytes; Linux takes twice as much for its own part. Left alone it would
/// take megabytes for every client that does not read, which no limit here sees, and copy them at one go.
#[cfg(target_os = "linux")]
const SEND_BUFFER_BYTES: usize = 256 << 10;

/// Serves an app on a listener until `stop` is done; then what runs is finished within the drain time, and what is not done
/// by then is cut off.
pub async fn serve(listener: TcpListener, app: App, stop: impl Future<Output = ()>) {
    let limits = app.limits();
    // The sockets that it accepts inherit it.
    #[cfg(target_os = "linux")]
    let _ = rustix::net::sockopt::set_socket_send_buffer_size(&listener, SEND_BUFFER_BYTES);
    let draining = app.clone();
    let stop = async move {
        stop.await;
        tracing::info!("told to stop");
        draining.drain();
        sleep(limits.unready_time()).await;
    };
    let graceful = GracefulShutdown::new();
    {
        let mut stop = pin!(stop);
        loop {
            tokio::select! {
                taken = take(&listener) => {
                    let Some((stream, peer)) = taken else { continue };
                    let Some(place) = app.connections().take(peer.ip(), &limits, app.network()) else { continue };
                    tokio::spawn(connection(stream, Peer(peer.ip()), place, app.clone(), &graceful));
                }
                () = &mut stop => break,
            }
        }
    }
    drop(listener);
    if timeout(limits.drain_time(), graceful.shutdown()).await.is_err() {
        tracing::warn!(seconds = limits.drain_seconds, "requests that did not end within the drain time are cut off");
    }
}

async fn take(listener: &TcpListener) -> Option<(TcpStream, SocketAddr)> {
    match listener.accept().await {
        Ok(taken) => Some(taken),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be taken");
            sleep(PAUSE).await;
            None
        }
    }
}

/// Serves a connection to its end, or until its place is wanted for another one.
fn connection(
    stream: TcpStream,
    peer: Peer,
    place: Place,
    app: App,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + use<> {
    let limits = app.limits();
    // Without it small answers wait for the client's acknowledgement; a client that is gone already is noticed later.
    let _ = stream.set_nodelay(true);
    let own = Arc::clone(place.connection());
    let io = TokioIo::new(Impatient::new(stream, Arc::clone(&own), limits.write_time()));
    let service = service_fn(move |mut request: Request<Incoming>| {
        let (app, own) = (app.clone(), Arc::clone(&own));
        async move {
            own.all_sent().await;
            request.extensions_mut().insert(peer);
            request.extensions_mut().insert(Arc::clone(&own));
            let answer = app.router().call(request).await;
            if let Ok(answer) = &answer {
                own.answers(answer.body().size_hint().lower() as usize, &limits);
            }
            answer
        }
    });
    let connection = graceful.watch(http(&limits).serve_connection(io, service));
    async move {
        let doomed = Arc::clone(place.connection());
        tokio::select! {
            ended = connection => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended early");
                }
            }
            () = doomed.doomed() => tracing::debug!("a connection was closed to make room"),
        }
        drop(place);
    }
}

fn http(limits: &Limits) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.header_time()).max_buf_size(BUFFER_BYTES);
    http
}

//! Connections: taken, served, and ended in order.

use crate::{app::App, config::Limits, stream::Impatient};
use axum::extract::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use std::{pin::pin, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tower::Service;

/// After a connection could not be taken (there are too many open files, say) the next is taken after this.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves an app on a listener until `stop` is done; then what runs is finished within the drain time, and what is not done
/// by then is cut off.
pub async fn serve(listener: TcpListener, app: App, stop: impl Future<Output = ()>) {
    let limits = app.limits();
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
        let permits = Arc::new(Semaphore::new(limits.connections as usize));
        loop {
            tokio::select! {
                taken = take(&listener, &permits) => {
                    let Some((stream, permit)) = taken else { continue };
                    tokio::spawn(connection(stream, permit, app.clone(), &graceful));
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

/// The next connection, when there may be one more.
async fn take(listener: &TcpListener, permits: &Arc<Semaphore>) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let permit = Arc::clone(permits).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, permit)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be taken");
            sleep(PAUSE).await;
            None
        }
    }
}

/// Serves a connection to its end.
fn connection(
    stream: TcpStream,
    permit: OwnedSemaphorePermit,
    app: App,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + use<> {
    let limits = app.limits();
    // Without it small answers wait for the client's acknowledgement; a client that is gone already is noticed later.
    let _ = stream.set_nodelay(true);
    let io = TokioIo::new(Impatient::new(stream, limits.write_time()));
    let service = service_fn(move |request: Request<Incoming>| app.router().call(request));
    let connection = graceful.watch(http(&limits).serve_connection(io, service));
    async move {
        let _permit = permit;
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

fn http(limits: &Limits) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.header_time());
    http
}

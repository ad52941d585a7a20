//! `tile-server PLATE`: serves a plate until it is told to stop.

use baseplate_core::Baseplate;
use clap::Parser;
use std::{error::Error, io::IsTerminal, net::SocketAddr, path::PathBuf, process::ExitCode};
use tokio::{net::TcpListener, signal};
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Serve a plate: vector tiles, look-ups and the map page
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Args {
    /// The plate, as `baseplate build` made it
    plate: PathBuf,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    match serve(&Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(args: &Args) -> Result<(), Box<dyn Error>> {
    let plate = Baseplate::open(&args.plate)?;
    let in_use = |e| format!("cannot listen on {}: {e}; choose another with --listen", args.listen);
    let listener = TcpListener::bind(args.listen).await.map_err(in_use)?;
    let manifest = plate.manifest();
    tracing::info!(name = manifest.name, generation = manifest.generation, "plate open");
    eprintln!("map: http://{}/  (Ctrl-C ends)", listener.local_addr()?);
    axum::serve(listener, tile_server::router(plate)).with_graceful_shutdown(told_to_stop()).await?;
    tracing::info!("stopped");
    Ok(())
}

/// Ends on Ctrl-C, and on SIGTERM where there is such a thing.
async fn told_to_stop() {
    let interrupt = async { drop(signal::ctrl_c().await) };
    #[cfg(unix)]
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => drop(terminate.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

//! `tile-server PLATE`: serves a plate until it is told to stop.

use baseplate_core::end_on_cut_plates;
use clap::{Parser, ValueEnum};
use phrasebook::say;
use std::{
    convert::Infallible,
    error::Error,
    io::{IsTerminal, stderr},
    net::SocketAddr,
    panic,
    path::PathBuf,
    process::ExitCode,
};
use tile_server::{App, Follower, Settings, serve};
use tokio::{net::TcpListener, runtime, signal};
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Threads for work that others should not wait for; more would only take turns.
const THREADS_ASIDE: usize = 32;

/// Serve a plate: vector tiles, look-ups and the map page
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Args {
    /// The plate, as `baseplate build` made it; what is published there later is served without a restart
    plate: PathBuf,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Settings, a TOML file
    #[arg(long)]
    config: Option<PathBuf>,
    /// How log lines are written; RUST_LOG says which
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

/// How log lines are written.
#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

fn main() -> ExitCode {
    let args = phrasebook::parse::<Args>();
    start_log(args.log_format);
    if let Err(error) = end_on_cut_plates() {
        tracing::warn!(%error, "a plate that is cut while it is served will end the server without a word");
    }
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start_log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
    match format {
        LogFormat::Text => log.with_ansi(stderr().is_terminal()).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    panic::set_hook(Box::new(|info| {
        let said = info.payload().downcast_ref::<&str>().copied();
        let said = said.or_else(|| info.payload().downcast_ref::<String>().map(String::as_str));
        tracing::error!(place = info.location().map(ToString::to_string), said, "panicked");
    }));
}

fn run(args: Args) -> Result<(), Box<dyn Error>> {
    let settings = args.config.as_deref().map_or_else(|| Ok(Settings::default()), Settings::read)?;
    let runtime = runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(THREADS_ASIDE).build()?;
    let done = runtime.block_on(serve_plate(args.plate, args.listen, App::new(settings)));
    // Work that nobody waits for any more is not waited for either.
    runtime.shutdown_background();
    done
}

/// Listens, then opens the plate: until that is done `/readyz` says no.
async fn serve_plate(plate: PathBuf, listen: SocketAddr, app: App) -> Result<(), Box<dyn Error>> {
    let in_use = |e| format!("cannot listen on {listen}: {e}; choose another with --listen");
    let listener = TcpListener::bind(listen).await.map_err(in_use)?;
    let address = listener.local_addr()?;
    tracing::info!(%address, "listening");
    let following = async {
        let follower = Follower::open(app.clone(), plate).await?;
        say!("map: http://{address}/  (Ctrl-C ends)");
        Ok::<Infallible, Box<dyn Error>>(follower.run().await)
    };
    let mut server = tokio::spawn(serve(listener, app.clone(), told_to_stop()));
    tokio::select! {
        ended = &mut server => ended?,
        failed = following => return failed.map(|never| match never {}),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use phrasebook::{Language, english_words, help_texts, knows, worded_help, write_manual};
    use std::{env, fs};

    /// Names that stay: of the program, formats, variables and values.
    const NAMES: [&str; 10] = ["LANG", "json", "tile-server", "baseplate", "build", "TOML", "JSON", "en", "zh", "text"];

    #[test]
    fn every_text_of_help_is_in_the_catalogue() {
        let texts = help_texts::<Args>();
        let unknown: Vec<_> = texts.iter().filter(|text| !knows(text)).collect();
        assert!(texts.len() > 6 && unknown.is_empty(), "{unknown:#?}");
    }

    #[test]
    fn all_help_is_chinese() {
        for help in worded_help::<Args>(Language::Chinese) {
            let left: Vec<_> = help.lines().filter(|line| !english_words(line, &NAMES).is_empty()).collect();
            assert!(left.is_empty(), "{left:#?}");
            assert!(help.contains("用法："), "{help}");
        }
    }

    /// With `BASEPLATE_WRITE_MANUAL` in the environment the pages and completions are written into the folder that it names.
    #[test]
    fn the_manual_tells_every_option() {
        let kept = env::var_os("BASEPLATE_WRITE_MANUAL").map(PathBuf::from);
        let passing = tempfile::tempdir().expect("a folder");
        let folder = kept.as_deref().unwrap_or(passing.path());
        write_manual::<Args>(folder).expect("written");
        for pages in ["man/man1", "man/zh_CN/man1"] {
            let page = fs::read_to_string(folder.join(pages).join("tile-server.1")).expect("a page");
            let missing: Vec<_> = ["listen", "config", "log\\-format", "lang"]
                .into_iter()
                .filter(|option| !page.contains(&format!("\\-\\-{option}")))
                .collect();
            assert!(missing.is_empty(), "{missing:?}");
        }
    }
}

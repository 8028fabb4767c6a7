//! Answers HTTP requests until it is told to stop.

use std::{
    backtrace::Backtrace,
    env, io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    panic,
    process::ExitCode,
};

use server::{config::Config, logs};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

/// Set by the build: `VERSION=1.2.3 cargo build`.
const VERSION: &str = match option_env!("VERSION") {
    Some(version) => version,
    None => "dev",
};

#[tokio::main]
async fn main() -> ExitCode {
    let lookup = |key: &str| Some(env::var_os(key)?.to_string_lossy().into_owned());
    let config = match Config::from_env(lookup) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let lines = logs::subscriber(&config, VERSION, io::stdout);
    if let Err(error) = tracing::subscriber::set_global_default(lines) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    panic::set_hook(Box::new(|panic| {
        tracing::error!(cause = %panic, backtrace = %Backtrace::force_capture(), "panic");
    }));
    match serve(config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "stopped");
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: Config) -> Result<(), server::RunError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    // Every address of both families; of IPv4 alone where the host has no IPv6.
    let addresses = [
        SocketAddr::from((Ipv6Addr::UNSPECIFIED, config.port)),
        SocketAddr::from((Ipv4Addr::UNSPECIFIED, config.port)),
    ];
    let listener = TcpListener::bind(&addresses[..]).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    server::run(listener, config, VERSION, async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
    .await
}

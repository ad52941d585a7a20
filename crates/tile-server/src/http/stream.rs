//! A connection that gives its client up if it takes nothing, or next to nothing, for too long.

use crate::http::connections::Connection;
use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

/// A client must take so many bytes of an answer for the same patience once more. It is what a socket keeps on its own, so that
/// a client cannot stay by taking a byte at a time.
const HEADWAY: usize = 64 << 10;

/// A TCP connection on which writing fails when no headway is made for a time.
pub(crate) struct Impatient {
    stream: TcpStream,
    connection: Arc<Connection>,
    patience: Duration,
    /// Runs from the moment when the client did not take what it was given.
    waiting: Option<Pin<Box<Sleep>>>,
    /// What it took since.
    taken: usize,
}

impl Impatient {
    pub(crate) fn new(stream: TcpStream, connection: Arc<Connection>, patience: Duration) -> Self {
        Self { stream, connection, patience, waiting: None, taken: 0 }
    }

    fn within_patience(&mut self, cx: &mut Context<'_>, tried: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(done) = &tried {
            let bytes = *done.as_ref().unwrap_or(&0);
            self.connection.took(bytes);
            self.taken += bytes;
            if self.taken >= HEADWAY || self.connection.has_sent() {
                self.waiting = None;
            }
            return tried;
        }
        if self.waiting.is_none() {
            self.taken = 0;
        }
        let patience = self.patience;
        ready!(self.waiting.get_or_insert_with(|| Box::pin(sleep(patience))).as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Impatient {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Impatient {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let tried = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.within_patience(cx, tried)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let tried = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.within_patience(cx, tried)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

//! A line to a shop that can go dead without a word, as a phone's does while it is locked.

#![allow(dead_code, clippy::unwrap_used, reason = "what cannot be had has failed; each test program uses its own part")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Passes bytes on, until it goes dead.
pub struct Line {
    /// The shop's address by this line.
    pub url: String,
    n_deaths: Arc<AtomicUsize>,
}

impl Line {
    pub async fn before(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url_here = format!("http://{}", listener.local_addr().unwrap());
        let n_deaths = Arc::new(AtomicUsize::new(0));
        let (shop, deaths) = (url.trim_start_matches("http://").to_owned(), Arc::clone(&n_deaths));
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect(&shop).await else { continue };
                let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
                let born = deaths.load(Ordering::SeqCst);
                tokio::spawn(pass(from_near, to_far, Arc::clone(&deaths), born));
                tokio::spawn(pass(from_far, to_near, Arc::clone(&deaths), born));
            }
        });
        Self { url: url_here, n_deaths }
    }

    /// From now on nothing passes what is connected, and nobody hears that it ended; what connects anew passes.
    pub fn die(&self) {
        self.n_deaths.fetch_add(1, Ordering::SeqCst);
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    deaths: Arc<AtomicUsize>,
    born: usize,
) -> std::io::Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let n_bytes = from.read(&mut bytes).await?;
        if deaths.load(Ordering::SeqCst) > born {
            std::future::pending::<()>().await;
        }
        if n_bytes == 0 {
            return to.shutdown().await;
        }
        to.write_all(&bytes[..n_bytes]).await?;
    }
}

//! Hears that another process has written jobs. This is a hint: it is lost with a connection, and arrives only where it was
//! said. Whoever waits for jobs also asks for them from time to time.

use super::{address::Address, wait::runtime};
use futures_util::{StreamExt, future, stream};
use std::{pin::pin, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::JoinHandle,
};
use tokio_postgres::{AsyncMessage, Client, Connection, Error, NoTls};

/// The name under which it is said that there are jobs.
pub(super) const CHANNEL: &str = "muster_jobs";

/// The pause before a connection is made again.
const PAUSE: Duration = Duration::from_secs(1);

/// Listens until it is dropped.
#[derive(Debug)]
pub(crate) struct Listening(JoinHandle<()>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub(crate) fn listen(
    address: Address,
    heard: impl Fn() + Send + Sync + 'static,
) -> std::io::Result<Listening> {
    Ok(Listening(runtime()?.spawn(async move {
        loop {
            // A connection that was not made, or was lost, is made again.
            let _ = follow(&address, &heard).await;
            tokio::time::sleep(PAUSE).await;
        }
    })))
}

async fn follow(address: &Address, heard: &(impl Fn() + Sync)) -> Result<(), Error> {
    match address.encryption.clone() {
        Some(encryption) => {
            let (client, connection) = address.config.connect(encryption).await?;
            hear(client, connection, heard).await
        }
        None => {
            let (client, connection) = address.config.connect(NoTls).await?;
            hear(client, connection, heard).await
        }
    }
}

/// Hears until the connection is lost.
async fn hear<S, T>(
    client: Client,
    mut connection: Connection<S, T>,
    heard: &(impl Fn() + Sync),
) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut messages = pin!(stream::poll_fn(
        move |context| connection.poll_message(context)
    ));
    let text = format!("LISTEN {CHANNEL}");
    let asked = async {
        client.batch_execute(&text).await?;
        // What was said before it was listened to.
        heard();
        Ok(())
    };
    let read = async {
        while let Some(message) = messages.next().await {
            if let AsyncMessage::Notification(_) = message? {
                heard();
            }
        }
        Ok(())
    };
    let (asked, read) = future::join(asked, read).await;
    asked.and(read)
}

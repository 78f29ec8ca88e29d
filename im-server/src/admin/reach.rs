//! To whom a command speaks: the server that runs on a data folder, or, if none does, the data itself.

use std::path::PathBuf;
use std::sync::Arc;

use crate::config::Config;
use crate::hub::Hub;
use crate::machine::Machine;
use crate::policy::Policies;
use crate::service::{Service, Sources};
use crate::store::{self, OpenError, Store};

use super::act;
use super::asking::{AskError, ask};
use super::words::{Order, Told};

/// Why an order reached nobody.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// There is neither a server nor data.
    #[error("there is no database in the data folder {}", .0.display())]
    NoDatabase(PathBuf),
    /// The data cannot be used. Where another server is said to be running, it has just started, or has lost its socket.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A server runs and does not answer.
    #[error("{error} ({})", folder.display())]
    Ask {
        /// Its data folder.
        folder: PathBuf,
        /// Why.
        error: AskError,
    },
}

/// Whoever runs the server.
pub struct Operator(Reach);

enum Reach {
    Running(PathBuf),
    /// The data is opened once, and closed at the end.
    Stopped(Box<Service>),
}

impl Operator {
    /// Does an order, and says by which way further ones go.
    pub async fn begin(config: Config, order: Order) -> Result<(Self, Told), ReachError> {
        let folder = config.data_dir.clone();
        match ask(&folder, &order) {
            Ok(told) => return Ok((Self(Reach::Running(folder)), told)),
            Err(AskError::Nobody) => {}
            Err(error) => return Err(ReachError::Ask { folder, error }),
        }
        if !store::is_there(&folder) {
            return Err(ReachError::NoDatabase(folder));
        }
        let Config { database_bytes_max, durability, .. } = config;
        let machine = Machine::REAL;
        // Nobody is connected who could be told.
        let store = Store::open(&folder, database_bytes_max, durability, Box::new(drop), machine)?;
        let sources = Sources { now: machine.now, random: machine.random };
        let service = Service::new(store, Arc::new(Hub::default()), sources, Policies::default());
        let told = act(&service, order).await;
        Ok((Self(Reach::Stopped(Box::new(service))), told))
    }

    /// Does a further order.
    pub async fn go_on(&self, order: Order) -> Result<Told, ReachError> {
        match &self.0 {
            Reach::Running(folder) => {
                ask(folder, &order).map_err(|error| ReachError::Ask { folder: folder.clone(), error })
            }
            Reach::Stopped(service) => Ok(act(service, order).await),
        }
    }

    /// Puts everything away. Whether that went well.
    pub async fn end(self) -> bool {
        match self.0 {
            Reach::Running(_) => true,
            Reach::Stopped(service) => service.close().await,
        }
    }
}

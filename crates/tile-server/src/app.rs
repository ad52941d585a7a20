//! What is served: one generation at a time, swapped whole.

use crate::{
    aside::Turns,
    cache::TileCache,
    config::{Limits, Network, Settings},
    connections::{Client, Connections},
    metrics::Metrics,
    router::{routes, waiting_routes},
};
use arc_swap::ArcSwap;
use axum::{Router, extract::FromRef, http::HeaderValue};
use baseplate_core::{Baseplate, LayerError};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// A service over the generations of a plate. Cheap to clone; all clones serve the same.
///
/// A request is answered by the generation that was open when it came, from beginning to end. That generation is closed
/// when the last of its requests is answered.
#[derive(Clone)]
pub struct App {
    shared: Arc<Shared>,
    router: Arc<ArcSwap<Router>>,
}

impl App {
    /// A service that waits for its plate: it is alive, but not ready.
    pub fn new(settings: Settings) -> Self {
        let shared = Arc::new(Shared::new(settings));
        let router = Arc::new(ArcSwap::from_pointee(waiting_routes(&shared)));
        Self { shared, router }
    }

    /// Serves a plate from now on.
    ///
    /// # Errors
    /// [`LayerError`] if the settings name layers or attributes that the plate does not have; what was served is served on.
    pub fn publish(&self, plate: Baseplate) -> Result<(), LayerError> {
        let plate = if self.shared.settings.list_natural_persons { plate.with_natural_persons() } else { plate };
        let plate = plate.with_layers(&self.shared.settings.layers)?;
        let generation = Generation::new(plate, Arc::clone(&self.shared));
        self.router.store(Arc::new(routes(generation)));
        Ok(())
    }

    /// The routes over what is open now.
    pub fn router(&self) -> Router {
        Router::clone(&self.router.load())
    }

    /// Says on `/readyz` that no requests should be sent here any more.
    pub fn drain(&self) {
        self.shared.draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn limits(&self) -> Limits {
        self.shared.settings.limits
    }

    pub(crate) fn network(&self) -> &Network {
        &self.shared.settings.network
    }

    pub(crate) fn connections(&self) -> &Arc<Connections> {
        &self.shared.connections
    }
}

/// What outlives the generations.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) metrics: Metrics,
    pub(crate) connections: Arc<Connections>,
    pub(crate) turns: Turns,
    /// Requests at work by client.
    at_work: Mutex<HashMap<Client, u32>>,
    draining: AtomicBool,
}

impl Shared {
    pub(crate) fn new(settings: Settings) -> Self {
        let turns = Turns::new(&settings.limits);
        let (metrics, connections) = (Metrics::default(), Arc::default());
        let (at_work, draining) = (Mutex::default(), AtomicBool::new(false));
        Self { settings, metrics, connections, turns, at_work, draining }
    }

    /// How many requests of each client are at work; who has none is not there.
    pub(crate) fn at_work(&self) -> MutexGuard<'_, HashMap<Client, u32>> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the server was told to stop.
    pub(crate) fn draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

/// An open generation and what is made from it.
#[derive(Clone)]
pub(crate) struct Generation(Arc<Open>);

struct Open {
    plate: Baseplate,
    tiles: TileCache,
    shared: Arc<Shared>,
}

impl Generation {
    fn new(plate: Baseplate, shared: Arc<Shared>) -> Self {
        let tiles = TileCache::new(shared.settings.limits.cache_bytes);
        Self(Arc::new(Open { plate, tiles, shared }))
    }

    /// The plate, opened at this generation.
    pub(crate) fn plate(&self) -> &Baseplate {
        &self.0.plate
    }

    /// Its finished tiles.
    pub(crate) fn tiles(&self) -> &TileCache {
        &self.0.tiles
    }

    /// What it shares with the generations before and after.
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0.shared
    }

    /// Its name, as a header.
    pub(crate) fn name(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.plate().manifest().generation).ok()
    }
}

impl FromRef<Generation> for Baseplate {
    fn from_ref(generation: &Generation) -> Self {
        generation.plate().clone()
    }
}

impl FromRef<Generation> for Turns {
    fn from_ref(generation: &Generation) -> Self {
        generation.shared().turns.clone()
    }
}

impl FromRef<Generation> for Limits {
    fn from_ref(generation: &Generation) -> Self {
        generation.shared().settings.limits
    }
}

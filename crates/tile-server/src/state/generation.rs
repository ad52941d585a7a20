//! An open generation of the plate, and what outlives it.

use super::{cache::TileCache, metrics::Metrics};
use crate::{
    config::{Limits, Settings},
    http::{
        aside::Turns,
        connections::{Client, Connections},
    },
};
use axum::{extract::FromRef, http::HeaderValue};
use baseplate_core::{Baseplate, LayerCatalogue, TileLayer};
use std::{
    collections::HashMap,
    ops::Deref,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::{Semaphore, watch};

/// What outlives the generations.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) metrics: Metrics,
    pub(crate) connections: Arc<Connections>,
    pub(crate) turns: Turns,
    /// Finished tiles.
    pub(crate) tiles: TileCache,
    /// How many generations were published.
    publications: AtomicU64,
    /// Requests at work by client.
    at_work: Mutex<HashMap<Client, u32>>,
    draining: watch::Sender<bool>,
    /// The plate that is served now; none while none is open.
    served: watch::Sender<Option<Baseplate>>,
    /// Places for those who listen to what is published.
    pub(crate) listeners: Arc<Semaphore>,
}

/// So many may listen to what is published at a time.
const LISTENERS: usize = 256;

impl Shared {
    /// The state of a server that was just started, with these settings.
    pub(crate) fn new(settings: Settings) -> Self {
        let (turns, tiles) = (Turns::new(&settings.limits), TileCache::new(settings.limits.cache_bytes));
        let (metrics, connections) = (Metrics::default(), Arc::default());
        let (publications, at_work) = (AtomicU64::new(0), Mutex::default());
        let (draining, served) = (watch::Sender::new(false), watch::Sender::new(None));
        let listeners = Arc::new(Semaphore::new(LISTENERS));
        Self { settings, metrics, connections, turns, tiles, publications, at_work, draining, served, listeners }
    }

    /// How many requests of each client are at work; who has none is not there.
    pub(crate) fn at_work(&self) -> MutexGuard<'_, HashMap<Client, u32>> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells everybody that the server is about to stop: `/readyz` says no from now on.
    pub(crate) fn drain(&self) {
        self.draining.send_replace(true);
    }

    /// Whether the server was told to stop.
    pub(crate) fn draining(&self) -> bool {
        *self.draining.borrow()
    }

    /// Ends when the server was told to stop.
    pub(crate) async fn drained(&self) {
        // It ends with an error only with the server itself.
        let _ = self.draining.subscribe().wait_for(|is_draining| *is_draining).await;
    }

    /// Tells those who follow which plate is served from now on.
    pub(crate) fn serves(&self, plate: Baseplate) {
        self.served.send_replace(Some(plate));
    }

    /// The plate that is served, now and whenever it is another one.
    pub(crate) fn served(&self) -> watch::Receiver<Option<Baseplate>> {
        self.served.subscribe()
    }
}

/// The layers that are served, in the order of the plate.
#[derive(Clone)]
pub(crate) struct Layers(Arc<[TileLayer]>);

impl Deref for Layers {
    type Target = [TileLayer];

    fn deref(&self) -> &[TileLayer] {
        &self.0
    }
}

/// An open generation and what is made from it.
#[derive(Clone)]
pub(crate) struct Generation(Arc<Open>);

struct Open {
    plate: Baseplate,
    layers: Layers,
    publication: u64,
    /// What its layers of records are, once somebody has asked.
    catalogue: OnceLock<LayerCatalogue>,
    shared: Arc<Shared>,
}

impl Generation {
    /// A generation that was opened, with the layers that are served of it.
    pub(crate) fn new(plate: Baseplate, layers: Vec<TileLayer>, shared: Arc<Shared>) -> Self {
        let publication = shared.publications.fetch_add(1, Ordering::Relaxed);
        let (layers, catalogue) = (Layers(layers.into()), OnceLock::new());
        Self(Arc::new(Open { plate, layers, publication, catalogue, shared }))
    }

    /// The plate, opened at this generation.
    pub(crate) fn plate(&self) -> &Baseplate {
        &self.0.plate
    }

    /// The layers that are served.
    pub(crate) fn layers(&self) -> &Layers {
        &self.0.layers
    }

    /// The catalogue of its layers of records.
    pub(crate) fn catalogue(&self) -> &LayerCatalogue {
        self.0.catalogue.get_or_init(|| LayerCatalogue::new(self.plate()))
    }

    /// A number that no other generation has that this server published, not even the same one published again.
    pub(crate) fn publication(&self) -> u64 {
        self.0.publication
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

impl FromRef<Generation> for Layers {
    fn from_ref(generation: &Generation) -> Self {
        generation.layers().clone()
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

//! What is served: one generation at a time, swapped whole.

use super::router::{routed, waiting};
use crate::{
    config::{Limits, Network, Settings},
    http::connections::Connections,
    state::{Generation, Shared},
};
use arc_swap::ArcSwap;
use axum::Router;
use baseplate_core::{Audience, Baseplate, LayerError, configure_layers};
use std::sync::Arc;

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
        let router = Arc::new(ArcSwap::from_pointee(waiting(&shared)));
        Self { shared, router }
    }

    /// Serves a plate from now on.
    ///
    /// # Errors
    /// [`LayerError`] if the settings name layers or attributes that the plate does not have; what was served is served on.
    pub fn publish(&self, plate: Baseplate) -> Result<(), LayerError> {
        // Readers cannot be told apart, so all of them get what anybody may read.
        let plate = plate.for_audience(Audience::Public);
        let plate = if self.shared.settings.list_natural_persons { plate.with_natural_persons() } else { plate };
        let layers = configure_layers(plate.tile_layers(), &self.shared.settings.layers)?;
        let generation = Generation::new(plate.clone(), layers, Arc::clone(&self.shared));
        self.router.store(Arc::new(routed(generation)));
        self.shared.serves(plate);
        Ok(())
    }

    /// The routes over what is open now.
    pub fn router(&self) -> Router {
        Router::clone(&self.router.load())
    }

    /// Says on `/readyz` that no requests should be sent here any more.
    pub fn drain(&self) {
        self.shared.drain();
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

/// The service over a plate, with default settings.
///
/// # Errors
/// As [`router_with`].
pub fn router(plate: Baseplate) -> Result<Router, LayerError> {
    router_with(plate, Settings::default())
}

/// The service over a plate.
///
/// # Errors
/// [`LayerError`] if the settings name layers or attributes that the plate does not have.
pub fn router_with(plate: Baseplate, settings: Settings) -> Result<Router, LayerError> {
    let app = App::new(settings);
    app.publish(plate)?;
    Ok(app.router())
}

//! A QR code and its pictures.

use png::{BitDepth, ColorType, Compression, Encoder, Filter, PixelDimensions, Unit};
use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};
use std::fmt::Write as _;

/// Modules of white around the symbol.
const QUIET: u32 = 4;
/// The smallest version that is drawn, of 37 modules: in smaller ones a spot that covers 15 % spoils more words than level Q mends.
const LEAST_VERSION: u8 = 5;
/// Pixels of an inch of a picture.
const DPI: f64 = 300.0;
/// Millimetres of an inch.
const INCH_MM: f64 = 25.4;

/// Why there is no QR code of an address.
#[derive(Debug, thiserror::Error)]
pub enum QrError {
    /// The address has more bytes than a QR code of level Q holds: make the code or the public address shorter.
    #[error("an address of {0} bytes is too long for a QR code")]
    TooLong(usize),
    /// The picture has fewer pixels than modules: make it larger.
    #[error("{pixels} pixels are too few for a QR code of {modules} modules: ask for a larger one")]
    TooSmall {
        /// Pixels along its side.
        pixels: u32,
        /// Modules along the side of the symbol, the white around it included.
        modules: u32,
    },
    /// The picture could not be encoded, which does not happen in memory.
    #[error("cannot encode a picture: {0}")]
    Encoding(#[from] png::EncodingError),
}

/// A QR code of error correction level Q, or H where that takes no more room, with four modules of white around it.
pub struct QrSymbol(QrCode);

impl QrSymbol {
    /// The symbol of an address. Behind its last slash, digits take a third and capital letters half of the room of other characters.
    ///
    /// ```
    /// use baseplate_core::QrSymbol;
    /// let symbol = QrSymbol::of_url("https://map.example.cn/c/9901010010010100001")?;
    /// assert_eq!(symbol.modules(), 45);
    /// # Ok::<(), baseplate_core::QrError>(())
    /// ```
    ///
    /// # Errors
    /// [`QrError::TooLong`].
    pub fn of_url(url: &str) -> Result<Self, QrError> {
        let (head, code) = url.split_at(url.rfind('/').map_or(0, |slash| slash + 1));
        let mut segments = vec![QrSegment::make_bytes(head.as_bytes())];
        segments.extend(QrSegment::make_segments(code));
        let (level, least) = (QrCodeEcc::Quartile, Version::new(LEAST_VERSION));
        let symbol = QrCode::encode_segments_advanced(&segments, level, least, Version::MAX, None, true);
        symbol.map(Self).map_err(|_| QrError::TooLong(url.len()))
    }

    /// Modules along its side, the white around it included.
    pub fn modules(&self) -> u32 {
        self.0.size() as u32 + 2 * QUIET
    }

    /// Whether the module in a column and a row is dark; the white around it counts.
    pub fn is_dark(&self, column: u32, row: u32) -> bool {
        let inside = |at: u32| at.checked_sub(QUIET).and_then(|at| i32::try_from(at).ok());
        inside(column).zip(inside(row)).is_some_and(|(x, y)| self.0.get_module(x, y))
    }

    /// Its dark modules as one path of SVG, in units of a module.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for row in 0..self.modules() {
            let mut column = 0;
            while column < self.modules() {
                let dark = (column..self.modules()).take_while(|at| self.is_dark(*at, row)).count();
                if dark > 0 {
                    // Writing to a string does not fail.
                    let _ = write!(path, "M{column} {row}h{dark}v1h-{dark}z");
                }
                column += dark as u32 + 1;
            }
        }
        path
    }

    /// A picture of so many millimetres along its side, as SVG.
    ///
    /// ```
    /// use baseplate_core::QrSymbol;
    /// let svg = QrSymbol::of_url("https://map.example.cn/c/99010100100101")?.svg(40);
    /// assert!(svg.starts_with(r#"<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="40mm" viewBox="0 0 "#));
    /// # Ok::<(), baseplate_core::QrError>(())
    /// ```
    pub fn svg(&self, side_mm: u32) -> String {
        let (modules, path) = (self.modules(), self.path());
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{side_mm}mm\" height=\"{side_mm}mm\" \
             viewBox=\"0 0 {modules} {modules}\" shape-rendering=\"crispEdges\">\
             <path fill=\"#fff\" d=\"M0 0h{modules}v{modules}H0z\"/><path d=\"{path}\"/></svg>\n"
        )
    }

    /// Pixels along the side of a picture of so many millimetres, at 300 to the inch.
    pub fn pixels(side_mm: u32) -> u32 {
        (f64::from(side_mm) / INCH_MM * DPI).round() as u32
    }

    /// A picture of so many pixels along its side, as PNG of black and white, that prints at 300 pixels to the inch. All modules have
    /// as many whole pixels as fit; what is left is white around them.
    ///
    /// ```
    /// use baseplate_core::QrSymbol;
    /// let png = QrSymbol::of_url("https://map.example.cn/c/99010100100101")?.png(QrSymbol::pixels(40))?;
    /// assert!(png.starts_with(b"\x89PNG"));
    /// # Ok::<(), baseplate_core::QrError>(())
    /// ```
    ///
    /// # Errors
    /// [`QrError::TooSmall`] if modules would have less than a pixel.
    pub fn png(&self, side: u32) -> Result<Vec<u8>, QrError> {
        let modules = self.modules();
        let module = side / modules;
        if module == 0 {
            return Err(QrError::TooSmall { pixels: side, modules });
        }
        let margin = (side - module * modules) / 2;
        let of_pixel = |at: u32| at.checked_sub(margin).map_or(0, |at| at / module);
        let mut pixels = Vec::with_capacity((side * side.div_ceil(8)) as usize);
        let (mut line, mut drawn) = (Vec::new(), None);
        for row in (0..side).map(of_pixel) {
            if drawn != Some(row) {
                let bit = |x: u32| x < side && !self.is_dark(of_pixel(x), row);
                let byte = |first: u32| (0..8).fold(0, |byte, at| byte << 1 | u8::from(bit(8 * first + at)));
                line = (0..side.div_ceil(8)).map(byte).collect();
                drawn = Some(row);
            }
            pixels.extend_from_slice(&line);
        }
        encoded(side, &pixels)
    }
}

/// The PNG of lines of bits, 1 for white.
fn encoded(side: u32, pixels: &[u8]) -> Result<Vec<u8>, QrError> {
    let per_metre = (DPI / INCH_MM * 1000.0).round() as u32;
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, side, side);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    encoder.set_compression(Compression::Fast);
    // A line is mostly the one above it.
    encoder.set_filter(Filter::Up);
    encoder.set_pixel_dims(Some(PixelDimensions { xppu: per_metre, yppu: per_metre, unit: Unit::Meter }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_draws_the_dark_modules() {
        let symbol = QrSymbol::of_url("https://map.example.cn/c/99010100100101").unwrap();
        let path = symbol.path();
        let dark: u32 = path
            .split('M')
            .skip(1)
            .map(|run| {
                let length = run.split_once('h').and_then(|(_, rest)| rest.split_once('v')).unwrap().0;
                length.parse::<u32>().unwrap()
            })
            .sum();
        let side = symbol.modules();
        let counted = (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).filter(|(x, y)| symbol.is_dark(*x, *y));
        assert_eq!(dark as usize, counted.count());
        assert!(path.starts_with("M4 4h7v1h-7z"), "the first finder pattern stands behind four white modules");
        assert!((0..side).all(|at| !symbol.is_dark(at, 3) && !symbol.is_dark(side - 4, at)));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let long = format!("https://map.example.cn/c/{}", "x".repeat(2000));
        assert!(matches!(QrSymbol::of_url(&long), Err(QrError::TooLong(2025))));
        let symbol = QrSymbol::of_url("https://map.example.cn/c/1").unwrap();
        assert!(matches!(symbol.png(20), Err(QrError::TooSmall { pixels: 20, modules: 45 })));
        assert!(symbol.png(symbol.modules()).is_ok());
        assert_eq!(QrSymbol::pixels(40), 472);
    }
}

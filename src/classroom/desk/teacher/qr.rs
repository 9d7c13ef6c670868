//! A QR code as SVG, for the projector.

use fast_qr::QRBuilder;

/// How many white modules are around the code (ISO/IEC 18004 asks for four).
const QUIET: usize = 4;

/// A text as a drawing: one square for each dark module. `None` where the text is too long for a code.
pub fn svg(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).build().ok()?;
    let size = code.size;
    let whole = size + 2 * QUIET;
    let mut path = String::new();
    for row in 0..size {
        for column in (0..size).filter(|column| code[row][*column].value()) {
            path.push_str(&format!("M{} {}h1v1h-1z", column + QUIET, row + QUIET));
        }
    }
    Some(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {whole} {whole}\" role=\"img\" aria-label=\"QR code of the \
         address and the code\" shape-rendering=\"crispEdges\"><rect width=\"{whole}\" \
         height=\"{whole}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_square_with_its_finders_and_is_not_made_of_what_is_too_long() {
        let svg = svg("https://192.0.2.7:7072/K7Q2MA").expect("a code");
        // Version 3 has 29 modules, and 8 white ones around them. A finder is seven wide.
        assert!(svg.contains("viewBox=\"0 0 37 37\""), "{svg}");
        for row in [4, 10] {
            let finder = (4..11).map(|column| format!("M{column} {row}h1v1h-1z"));
            assert!(svg.contains(&finder.collect::<String>()), "{row}");
        }
        assert_eq!(super::svg(&"x".repeat(8_000)), None);
    }
}

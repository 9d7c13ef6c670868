//! What a list of sessions calls the client that opened one.

/// A client in a few words, from its `User-Agent`.
pub(super) fn label_of(agent: &str) -> String {
    let known = [
        ("PowerShell/", "PowerShell"),
        ("Firefox/", "Firefox"),
        ("Edg/", "Edge"),
        ("Chrome/", "Chromium or Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
        (crate::client::AGENT, "the lab itself"),
    ];
    let named = known.iter().find(|(mark, _)| agent.contains(mark));
    named.map_or("another client", |(_, name)| name).to_owned()
}

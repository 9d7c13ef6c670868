//! The table of the lab's pages is what menu, headings, titles and map say.

use session_lab::base::addresses::{Listener, Site};
use session_lab::web::lab_pages::{PAGES, PageGroup};

use crate::support::{Client, bench};

/// Where a page is read: most on the lab's own listener, some on the portal's.
fn listener(sites: &[Site]) -> Option<Listener> {
    match sites.first()? {
        Site::Lab => Some(Listener::Lab),
        Site::Portal => Some(Listener::PortalHttp),
        Site::Attacker => None,
    }
}

#[tokio::test]
async fn every_page_has_one_name_in_menu_heading_and_title_and_marks_its_item() {
    let bench = bench();
    for page in PAGES {
        let Some(listener) = listener(page.sites) else {
            continue;
        };
        let mut client = Client::new(listener, bench.name.prefix());
        let path = if page.path == "/evidence" {
            "/evidence/insecure"
        } else {
            page.path
        };
        let reply = client.get(path).await;
        assert_eq!(reply.status, 200, "{}", page.name);
        let name = page.name;
        let body = &reply.shown();
        assert!(
            body.contains(&format!("<h1>{name}</h1>")),
            "{name}: heading"
        );
        assert!(body.contains(&format!("<title>{name} · ")), "{name}: title");
        let item = format!("aria-current=\"page\">{name}</a>");
        assert!(body.contains(&item), "{name}: item");
        let group = format!("aria-current=\"true\">{}</a>", page.group.name());
        assert!(body.contains(&group), "{name}: group");
    }
}

#[tokio::test]
async fn the_front_page_maps_every_page_by_its_name() {
    let body = bench().student().get("/").await.shown();
    for group in PageGroup::ALL {
        assert!(body.contains(&format!(">{}</h3>", group.name())));
        for page in group.pages() {
            let name = page.name;
            assert!(body.contains(&format!(">{name}</a></dt>")), "{name}");
        }
    }
}

#[tokio::test]
async fn a_page_below_another_marks_the_item_above_it() {
    let mut lab = bench().student();
    for (path, name) in [
        ("/attack/fixation", "Attacks"),
        ("/fixation", "Plays"),
        ("/plays/csrf-form", "Plays"),
        ("/custom/attack", "Own mix"),
        ("/labs/06-session-fixation", "Worksheets"),
        ("/defences/rotation", "Defences"),
    ] {
        let body = lab.get(path).await.body;
        let item = format!("aria-current=\"page\">{name}</a>");
        assert!(body.contains(&item), "{path}");
    }
}

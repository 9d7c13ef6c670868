//! The pictures that there are, in the order of the sheets that show them.
//!
//! `examples/pictures/walks/` shows how each is made, under the same name.

use super::DevToolsPicture;
use crate::base::addresses::Site;

const DASHBOARD: Option<(Site, &str)> = Some((Site::Portal, "pages/portal/dashboard.html"));
const JWT: Option<(Site, &str)> = Some((Site::Portal, "pages/portal/jwt.html"));
const TRAP: Option<(Site, &str)> = Some((Site::Attacker, "pages/attacker/csrf_form.html"));

/// The picture of the README. It is in `docs/pictures`: no page shows it, so it is not in the binary.
pub const README: DevToolsPicture = DevToolsPicture {
    name: "compare",
    title: "The page Compare, after a stolen cookie was replayed",
    alt: "The page Compare: after signing out, the same old cookie is sent to both sides. On the left the \
          insecure portal answers 200 and greets student123: the session is stolen. On the right the \
          hardened one answers 303 to the sign-in page. Below is what was sent and received. Each header \
          line that a defence decided is marked weak or strong.",
    shows: Some((Site::Lab, "pages/lab/compare.html")),
};

/// Every picture that sheets show.
pub const ALL: &[DevToolsPicture] = &[
    DevToolsPicture {
        name: "certificate-warning",
        title: "The browser's warning, opened with Advanced",
        alt: "The browser's warning page for the portal over TLS: the server could not prove that it is \
              localhost, because its certificate is not trusted. Marked is the link that goes on all the \
              same.",
        shows: None,
    },
    DevToolsPicture {
        name: "certificate-page",
        title: "The lab's page /certificate with the fingerprint",
        alt: "The lab's page about its certificate. Marked is the SHA-256 fingerprint, 32 pairs of \
              hexadecimal digits with colons between them.",
        shows: Some((Site::Lab, "pages/certificate.html")),
    },
    DevToolsPicture {
        name: "inspect-headers",
        title: "DevTools, Network: the response headers of /inspect_headers",
        alt: "The Network panel of DevTools with the request inspect_headers chosen and its response \
              headers open. Marked is Set-Cookie with inspect_demo=1, Path=/, Max-Age=300, HttpOnly and \
              SameSite=Lax.",
        shows: Some((Site::Portal, "pages/inspect.html")),
    },
    DevToolsPicture {
        name: "cookies-insecure",
        title: "DevTools, Application, Cookies: the insecure portal",
        alt: "The cookie table of DevTools for http://localhost:7080. Marked is the row of \
              session_insecure: its value is a short number, and the columns HttpOnly, Secure and SameSite \
              are empty.",
        shows: DASHBOARD,
    },
    DevToolsPicture {
        name: "cookies-hardened",
        title: "DevTools, Application, Cookies: the hardened portal",
        alt: "The cookie table of DevTools for https://localhost:7443. Marked is the row of \
              __Host-session_hardened: its value is long and random, HttpOnly and Secure are ticked, and \
              SameSite is Lax.",
        shows: DASHBOARD,
    },
    DevToolsPicture {
        name: "console-insecure",
        title: "DevTools, Console: document.cookie on the insecure side",
        alt: "The console of DevTools on the insecure dashboard. Below document.cookie the marked answer \
              shows session_insecure with its value, and two more cookies.",
        shows: DASHBOARD,
    },
    DevToolsPicture {
        name: "console-hardened",
        title: "DevTools, Console: document.cookie on the hardened side",
        alt: "The console of DevTools on the hardened dashboard, in a browser that signed in there only. \
              Below document.cookie the marked answer is an empty text.",
        shows: DASHBOARD,
    },
    DevToolsPicture {
        name: "csp-refused",
        title: "DevTools, Console: the policy refuses a script",
        alt: "The console of DevTools on the board of only-csp. The marked message says that executing \
              an inline script violates the directive script-src of the Content Security Policy, and that \
              the action was blocked.",
        shows: Some((Site::Portal, "pages/portal/board.html")),
    },
    DevToolsPicture {
        name: "same-site-withheld",
        title: "DevTools, Network, Cookies: what SameSite=Lax withheld",
        alt: "The Network panel of DevTools with the forged POST to only-same-site chosen and its tab \
              Cookies open. Filtered-out cookies are shown. Marked is the session cookie in colour: \
              SameSite is Lax, and the browser did not send it.",
        shows: TRAP,
    },
    DevToolsPicture {
        name: "csrf-refused",
        title: "DevTools, Network: the hardened portal refuses a forged form",
        alt: "The Network panel of DevTools with the forged POST to the hardened portal chosen. Its \
              status is 403 Forbidden. Marked are the request headers Origin, which names the attacker's \
              site, and Sec-Fetch-Site, which says cross-site.",
        shows: TRAP,
    },
    DevToolsPicture {
        name: "planted-id",
        title: "DevTools, Console: planting a session id",
        alt: "The console of DevTools on the sign-in page of the insecure portal. The marked lines set \
              document.cookie to session_insecure with a given number and read it back.",
        shows: Some((Site::Portal, "pages/portal/login.html")),
    },
    DevToolsPicture {
        name: "edited-role",
        title: "DevTools, Application, Cookies: editing a value",
        alt: "The cookie table of DevTools for the insecure portal, signed in as mallory. The marked value \
              of role_insecure is being edited: it read student and reads admin.",
        shows: DASHBOARD,
    },
    DevToolsPicture {
        name: "bearer-header",
        title: "DevTools, Network: the token in the Authorization header",
        alt: "The Network panel of DevTools with the request profile chosen. Marked is the request header \
              Authorization: the word Bearer and a long token.",
        shows: JWT,
    },
    DevToolsPicture {
        name: "token-in-local-storage",
        title: "DevTools, Application, Local storage: a token that every script can read",
        alt: "The local storage of http://localhost:7080 in DevTools. The marked row jwt_insecure holds \
              the access token and the refresh token as text.",
        shows: JWT,
    },
];

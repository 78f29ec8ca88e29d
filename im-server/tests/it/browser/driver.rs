//! A real Chromium by its chromedriver: one process group for each test, which ends with it, whatever its end is.

use std::fmt::Write as _;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

use fantoccini::wd::{TimeoutConfiguration, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use hyper::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use url::{ParseError, Url};

use crate::child::Running;
use crate::terminal::installed;

/// How long a page may take before a test gives up, in seconds. Nothing waits this long unless it fails.
const PATIENCE_SECONDS: u64 = 30;

/// So many tests have their browsers at once, on a machine of two cores.
const DRIVERS_MAX: usize = 2;

/// Runs its arguments. When the end of its input comes, which it does even if the test is killed, it ends them and all
/// that they have started.
const GUARD: &str = r#""$@" </dev/null & cat; kill -s KILL 0"#;

/// So often it is tried to start the driver.
const STARTS_MAX: usize = 20;

const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,800",
];

/// One that drives browsers.
pub(super) struct Driver {
    running: Option<Running>,
    url: String,
    /// The home of all of them, and their profiles.
    home: TempDir,
    runtime: Runtime,
    _seat: Seat,
}

impl Driver {
    pub(super) fn start() -> Self {
        let seat = Seat::take();
        let home = TempDir::new().unwrap();
        let (running, url) = std::iter::repeat_with(|| run(&home)).take(STARTS_MAX).flatten().next().unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { running: Some(running), url, home, runtime, _seat: seat }
    }

    /// A browser that was never used before.
    pub(super) fn browser(&self) -> Browser<'_> {
        let profile = tempfile::tempdir_in(self.home.path()).unwrap().keep();
        let profile = format!("--user-data-dir={}", profile.display());
        let flags: Vec<&str> = FLAGS.into_iter().chain([profile.as_str()]).collect();
        let wanted = json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "binary": installed("chromium", "chromium"), "args": flags },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            // The test's server has made its certificate itself.
            "acceptInsecureCerts": true,
            // What a page asks is there to be seen.
            "unhandledPromptBehavior": "ignore",
        });
        let Value::Object(wanted) = wanted else { unreachable!() };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = self.runtime.block_on(builder.capabilities(wanted).connect(&self.url)).unwrap();
        let patience = Duration::from_secs(PATIENCE_SECONDS * 2);
        let timeouts = TimeoutConfiguration::new(Some(patience), Some(patience), None);
        self.runtime.block_on(client.update_timeouts(timeouts)).unwrap();
        Browser { client, driver: self }
    }
}

/// Runs chromedriver, and where it is. It takes a port that is free for IPv6, and gives up if it is not free for IPv4.
fn run(home: &TempDir) -> Option<(Running, String)> {
    let mut command = Command::new("sh");
    command.args(["-c", GUARD, "guard"]);
    command.arg(installed("chromedriver", "chromium-driver")).arg("--port=0");
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", home.path()).env("TMPDIR", home.path()).env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
    command.current_dir(home.path()).process_group(0);
    let mut running = Running::start(command);
    let said = running.says_one_of(&["was started successfully on port ", "port not available"]);
    if said.contains("port not available") {
        running.ends();
        return None;
    }
    let said = said + &running.says(".\n");
    let (_, port) = said.rsplit_once(" on port ").unwrap();
    Some((running, format!("http://127.0.0.1:{}", port.trim_end().trim_end_matches('.'))))
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Its end is the end of the last process that could have said something.
        if let Some(running) = self.running.take() {
            running.ends();
        }
    }
}

/// One of the seats for tests that have browsers.
struct Seat;

static TAKEN: Mutex<usize> = Mutex::new(0);
static FREE: Condvar = Condvar::new();

impl Seat {
    fn take() -> Self {
        let mut taken = FREE.wait_while(TAKEN.lock().unwrap(), |taken| *taken >= DRIVERS_MAX).unwrap();
        *taken += 1;
        Self
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        *TAKEN.lock().unwrap() -= 1;
        FREE.notify_one();
    }
}

/// A command of chromedriver that fantoccini has no word for: asked without a body, told with one.
#[derive(Debug)]
struct Raw {
    path: String,
    body: Option<Value>,
}

impl WebDriverCompatibleCommand for Raw {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        match &self.body {
            Some(body) => (Method::POST, Some(body.to_string())),
            None => (Method::GET, None),
        }
    }
}

/// A browser with a page.
pub(super) struct Browser<'a> {
    client: Client,
    driver: &'a Driver,
}

impl Browser<'_> {
    /// Does something with the client of WebDriver.
    #[track_caller]
    pub(super) fn client<T, E: std::fmt::Debug>(&self, does: impl AsyncFnOnce(&Client) -> Result<T, E>) -> T {
        self.driver.runtime.block_on(does(&self.client)).unwrap()
    }

    /// What a script returns, whose `given` is this.
    #[track_caller]
    pub(super) fn script(&self, given: &Value, script: &str) -> Value {
        let script = format!("const given = arguments[0];\n{script}");
        self.client(async |client| client.execute(&script, vec![given.clone()]).await)
    }

    /// What an expression comes to.
    #[track_caller]
    pub(super) fn value(&self, expression: &str) -> Value {
        self.script(&Value::Null, &format!("return ({expression});"))
    }

    /// Waits until an expression comes to something true, and returns it. The page may be another by then.
    #[track_caller]
    pub(super) fn until(&self, given: &Value, expression: &str) -> Value {
        let script = format!(
            "const [given, patience, done] = arguments, end = Date.now() + patience;
            const look = () => {{
              const seen = ({expression});
              if (seen || Date.now() > end) done(seen || null);
              else setTimeout(look, 10);
            }};
            look();"
        );
        let patience = Instant::now() + Duration::from_secs(PATIENCE_SECONDS);
        loop {
            let asked =
                self.client.execute_async(&script, vec![given.clone(), (PATIENCE_SECONDS * 1000).into()]);
            match self.driver.runtime.block_on(asked) {
                Ok(seen) if !seen.is_null() => return seen,
                // The page went away while it was looked at.
                Err(error) if Instant::now() < patience && error.to_string().contains("unloaded") => {}
                other => panic!("waited for {given} {expression}: {other:?}\n{}", self.report()),
            }
        }
    }

    /// A command that fantoccini has no word for.
    #[track_caller]
    pub(super) fn ask(&self, path: &str) -> Value {
        let path = path.to_owned();
        self.client(async |client| client.issue_cmd(Raw { path, body: None }).await)
    }

    /// Chromium's own protocol.
    #[track_caller]
    pub(super) fn tell(&self, command: &str, given: &Value) -> Value {
        let body = json!({ "cmd": command, "params": given });
        let raw = Raw { path: "goog/cdp/execute".to_owned(), body: Some(body) };
        self.client(async |client| client.issue_cmd(raw).await)
    }

    /// What was logged since it was asked for last: by the page and about it, or (`performance`) how it was loaded.
    #[track_caller]
    pub(super) fn log(&self, kind: &str) -> Vec<Value> {
        let raw = Raw { path: "se/log".to_owned(), body: Some(json!({ "type": kind })) };
        let Value::Array(log) = self.client(async |client| client.issue_cmd(raw).await) else {
            panic!("no log")
        };
        log
    }

    /// What somebody would see, for who has to find out why a test failed.
    fn report(&self) -> String {
        let mut report = String::new();
        let looks = "return `${location.href} ${document.title}\\n${document.body.innerText}`";
        let shown = self.driver.runtime.block_on(self.client.execute(looks, Vec::new()));
        let _ = match shown {
            Ok(Value::String(shown)) => write!(report, "the page shows: {shown}\n\n"),
            other => write!(report, "the page shows: {other:?}\n\n"),
        };
        for line in self.log("browser") {
            let _ = writeln!(report, "{} {}", line["level"], line["message"]);
        }
        report
    }
}

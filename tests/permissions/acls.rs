//! A Kafka that asks who is there, and the ACLs of its users.

use std::ffi::CString;
use std::path::PathBuf;
use std::process::Command;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use rdkafka::admin::AdminClient;
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use rdkafka_sys as sys;
use sys::rd_kafka_AclOperation_t as operation;
use sys::rd_kafka_AclPermissionType_t as permission;
use sys::rd_kafka_ResourcePatternType_t as pattern;
use sys::rd_kafka_ResourceType_t as resource;
use sys::rd_kafka_admin_op_t as op;

use crate::support::{folder, root, service};

const WAIT: i32 = 20_000;

/// The cluster: started by the first test that asks for it, and stopped with the other services.
pub struct Guarded {
    /// Where whoever comes may do everything.
    pub open: String,
    /// Where nobody may do anything but by ACL.
    pub guarded: String,
    admin: AdminClient<DefaultClientContext>,
}

/// What a user may do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Acl {
    /// `Read`
    pub operation: String,
    /// `topic`
    pub kind: String,
    /// Its name; what begins like it, if it ends with `*`.
    pub name: String,
}

/// A user, and the file of properties with which a command is that user.
pub struct User {
    pub name: String,
    pub file: PathBuf,
}

static FOLDER: OnceLock<PathBuf> = OnceLock::new();

extern "C" fn stop() {
    if let Some(dir) = FOLDER.get() {
        let _ = Command::new(root().join("tests/services/kafka")).arg("stop").arg(dir).status();
    }
}

pub fn cluster() -> &'static Guarded {
    static CLUSTER: OnceLock<Guarded> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        service("KAFKA_BOOTSTRAP_SERVERS");
        let dir = folder("acls");
        let kafka = |verb: &str, options: &[&str]| {
            let script = root().join("tests/services/kafka");
            let output = Command::new(script).arg(verb).arg(&dir).args(options).output().unwrap();
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        kafka("start", &["--acls"]);
        let _ = FOLDER.set(dir.clone());
        // SAFETY: a function that takes nothing, called once, when the tests are over.
        unsafe { libc::atexit(stop) };
        let environment = kafka("env", &[]);
        let value = |name: &str| {
            let line = environment.lines().find_map(|line| line.strip_prefix(name)).expect("a variable");
            line.to_owned()
        };
        let open = value("KAFKA_BOOTSTRAP_SERVERS=");
        let admin = ClientConfig::new().set("bootstrap.servers", &open).create().unwrap();
        Guarded { open, guarded: value("SLUICEBOX_TEST_KAFKA_SASL="), admin }
    })
}

impl Guarded {
    /// A user with these rights and no other.
    pub fn user(&self, acls: &[Acl]) -> User {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("u{}", COUNT.fetch_add(1, Relaxed));
        let file = folder(&name).join("client.properties");
        let lines = [
            format!("bootstrap.servers={}", self.guarded),
            "security.protocol=SASL_PLAINTEXT".to_owned(),
            "sasl.mechanism=PLAIN".to_owned(),
            format!("sasl.username={name}"),
            format!("sasl.password={name}"),
        ];
        std::fs::write(&file, lines.join("\n")).unwrap();
        self.allow(&name, acls);
        User { name, file }
    }

    /// Allows it, and waits until the broker knows.
    fn allow(&self, user: &str, acls: &[Acl]) {
        let mut bindings: Vec<_> = acls.iter().map(|acl| binding(user, acl)).collect();
        if !bindings.is_empty() {
            self.ask(op::RD_KAFKA_ADMIN_OP_CREATEACLS, |handle, options, queue| {
                // SAFETY: everything lives during the call, which copies it.
                unsafe {
                    sys::rd_kafka_CreateAcls(handle, bindings.as_mut_ptr(), bindings.len(), options, queue);
                }
            });
        }
        // SAFETY: ours, and used no more.
        bindings.iter().for_each(|binding| unsafe { sys::rd_kafka_AclBinding_destroy(*binding) });
        self.knows(user, acls.len());
    }

    /// Waits until the broker knows of so many ACLs of a user, and of no more.
    pub fn knows(&self, user: &str, count: usize) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.count(user) != count {
            assert!(Instant::now() < deadline, "{user} has {} ACLs, not {count}", self.count(user));
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// How many ACLs a user has.
    fn count(&self, user: &str) -> usize {
        let principal = CString::new(format!("User:{user}")).unwrap();
        // SAFETY: texts live during the call, which copies them; null is any; the filter is ours.
        let filter = unsafe {
            sys::rd_kafka_AclBindingFilter_new(
                resource::RD_KAFKA_RESOURCE_ANY,
                ptr::null(),
                pattern::RD_KAFKA_RESOURCE_PATTERN_ANY,
                principal.as_ptr(),
                ptr::null(),
                operation::RD_KAFKA_ACL_OPERATION_ANY,
                permission::RD_KAFKA_ACL_PERMISSION_TYPE_ANY,
                ptr::null_mut(),
                0,
            )
        };
        let event = self.ask(op::RD_KAFKA_ADMIN_OP_DESCRIBEACLS, |handle, options, queue| {
            // SAFETY: as above.
            unsafe { sys::rd_kafka_DescribeAcls(handle, filter, options, queue) }
        });
        let mut count = 0;
        // SAFETY: the answer is ours; the filter is used no more.
        unsafe {
            let result = sys::rd_kafka_event_DescribeAcls_result(event.0);
            sys::rd_kafka_DescribeAcls_result_acls(result, &mut count);
            sys::rd_kafka_AclBinding_destroy(filter);
        }
        count
    }

    /// A question to the cluster and its answer, which must be a good one.
    fn ask(
        &self,
        kind: op,
        send: impl FnOnce(*mut sys::rd_kafka_t, *const sys::rd_kafka_AdminOptions_t, *mut sys::rd_kafka_queue_t),
    ) -> Answer {
        let handle = self.admin.inner().native_ptr();
        // SAFETY: the client lives for ever; queue, options and event are ours, each destroyed once.
        unsafe {
            let queue = sys::rd_kafka_queue_new(handle);
            let options = sys::rd_kafka_AdminOptions_new(handle, kind);
            send(handle, options, queue);
            let event = sys::rd_kafka_queue_poll(queue, WAIT);
            assert!(!event.is_null(), "no answer to {kind:?}");
            let code = sys::rd_kafka_event_error(event);
            assert_eq!(code as i32, 0, "{kind:?}: {code:?}");
            sys::rd_kafka_AdminOptions_destroy(options);
            sys::rd_kafka_queue_destroy(queue);
            Answer(event)
        }
    }
}

struct Answer(*mut sys::rd_kafka_event_t);

impl Drop for Answer {
    fn drop(&mut self) {
        // SAFETY: ours, destroyed once.
        unsafe { sys::rd_kafka_event_destroy(self.0) }
    }
}

fn binding(user: &str, acl: &Acl) -> *mut sys::rd_kafka_AclBinding_t {
    let kind = match acl.kind.as_str() {
        "topic" => resource::RD_KAFKA_RESOURCE_TOPIC,
        "group" => resource::RD_KAFKA_RESOURCE_GROUP,
        "transactional-id" => resource::RD_KAFKA_RESOURCE_TRANSACTIONAL_ID,
        other => panic!("no resource: {other}"),
    };
    let operation = match acl.operation.as_str() {
        "Read" => operation::RD_KAFKA_ACL_OPERATION_READ,
        "Write" => operation::RD_KAFKA_ACL_OPERATION_WRITE,
        "Create" => operation::RD_KAFKA_ACL_OPERATION_CREATE,
        "Delete" => operation::RD_KAFKA_ACL_OPERATION_DELETE,
        "Describe" => operation::RD_KAFKA_ACL_OPERATION_DESCRIBE,
        "DescribeConfigs" => operation::RD_KAFKA_ACL_OPERATION_DESCRIBE_CONFIGS,
        other => panic!("no operation: {other}"),
    };
    let (name, pattern) = match acl.name.strip_suffix('*') {
        Some(prefix) => (prefix, pattern::RD_KAFKA_RESOURCE_PATTERN_PREFIXED),
        None => (acl.name.as_str(), pattern::RD_KAFKA_RESOURCE_PATTERN_LITERAL),
    };
    let (name, principal) = (CString::new(name).unwrap(), CString::new(format!("User:{user}")).unwrap());
    let allow = permission::RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW;
    // SAFETY: texts live during the call, which copies them.
    let binding = unsafe {
        let host = c"*".as_ptr();
        let (name, principal) = (name.as_ptr(), principal.as_ptr());
        sys::rd_kafka_AclBinding_new(
            kind,
            name,
            pattern,
            principal,
            host,
            operation,
            allow,
            ptr::null_mut(),
            0,
        )
    };
    assert!(!binding.is_null(), "{acl:?} is no ACL");
    binding
}

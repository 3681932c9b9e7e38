//! Default values that are too long for a table, as JSON (01 §7.3, "Long values").

/// PoET servers of mainnet with their public keys.
pub(super) const POET_SERVERS_MAINNET: &str = r#"[
    {"address": "https://mainnet-poet-0.spacemesh.network", "pubkey": "cFnqCS5oER7GOX576oPtahlxB/1y95aDibdK7RHQFVg="},
    {"address": "https://mainnet-poet-1.spacemesh.network", "pubkey": "Qh1efxY4YhoYBEXKPTiHJ/a7n1GsllRSyweQKO3j7m0="},
    {"address": "https://poet-110.spacemesh.network", "pubkey": "8Qqgid+37eyY7ik+EA47Nd5TrQjXolbv2Mdgir243No="},
    {"address": "https://poet-111.spacemesh.network", "pubkey": "caIV0Ym59L3RqbVAL6UrCPwr+z+lwe2TBj57QWnAgtM="},
    {"address": "https://poet-112.spacemesh.network", "pubkey": "5p/mPvmqhwdvf8U0GVrNq/9IN/HmZj5hCkFLAN04g1E="}
]"#;

/// The PoET server that a standalone node runs itself. Its key is known when it has started.
pub(super) const POET_SERVERS_STANDALONE: &str =
    r#"[{"address": "http://127.0.0.1:10010", "pubkey": ""}]"#;

/// Peers of mainnet to ask for other peers.
pub(super) const BOOTNODES_MAINNET: &str = r#"[
    "/dns4/mainnet-bootnode-0.spacemesh.network/tcp/5000/p2p/12D3KooWPStnitMbLyWAGr32gHmPr538mT658Thp6zTUujZt3LRf",
    "/dns4/mainnet-bootnode-2.spacemesh.network/tcp/5000/p2p/12D3KooWAsMgXLpyGdsRNjHBF3FaXwnXhyMEqWQYBXUpvCHNzFNK",
    "/dns4/mainnet-bootnode-4.spacemesh.network/tcp/5000/p2p/12D3KooWRcTWDHzptnhJn5h6CtwnokzzMaDLcXv6oM9CxQEXd5FL",
    "/dns4/mainnet-bootnode-6.spacemesh.network/tcp/5000/p2p/12D3KooWRS47KAs3ZLkBtE2AqjJCwxRYqZKmyLkvombJJdrca8Hz",
    "/dns4/mainnet-bootnode-8.spacemesh.network/tcp/5000/p2p/12D3KooWFYv99aGbtXnZQy6UZxyf72NpkWJp3K4HS8Py35WhKtzE",
    "/dns4/mainnet-bootnode-10.spacemesh.network/tcp/5000/p2p/12D3KooWHK5m83sNj2eNMJMGAngcS9gBja27ho83t79Q2CD4iRjQ",
    "/dns4/mainnet-bootnode-12.spacemesh.network/tcp/5000/p2p/12D3KooWG4gk8GtMsAjYxHtbNC7oEoBTMRLbLDpKgSQMQkYBFRsw",
    "/dns4/mainnet-bootnode-14.spacemesh.network/tcp/5000/p2p/12D3KooWRkZMjGNrQfRyeKQC9U58cUwAfyQMtjNsupixkBFag8AY",
    "/dns4/mainnet-bootnode-16.spacemesh.network/tcp/5000/p2p/12D3KooWDAFRuFrMNgVQMDy8cgD71GLtPyYyfQzFxMZr2yUBgjHK",
    "/dns4/mainnet-bootnode-18.spacemesh.network/tcp/5000/p2p/12D3KooWMJmdfwxDctuGGoTYJD8Wj9jubQBbPfrgrzzXaQ1RTKE6"
]"#;

/// IPv4 networks that are never dialled: they are not public.
pub(super) const IP4_BLOCKLIST: &str = r#"["127.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"]"#;

/// IPv6 networks that are never dialled: they are not public.
pub(super) const IP6_BLOCKLIST: &str = r#"["::1/128", "fc00::/7", "fe80::/10"]"#;

/// API services on the public listener.
pub(super) const PUBLIC_SERVICES: &str = r#"[
    "global",
    "mesh",
    "transaction",
    "node",
    "activation",
    "activation_v2alpha1",
    "reward_v2alpha1",
    "network_v2alpha1",
    "node_v2alpha1",
    "layer_v2alpha1",
    "transaction_v2alpha1",
    "account_v2alpha1",
    "malfeasance_v2alpha1"
]"#;

/// API services on the private listener.
pub(super) const PRIVATE_SERVICES: &str = r#"[
    "admin",
    "smesher",
    "debug",
    "activation_stream_v2alpha1",
    "reward_stream_v2alpha1",
    "layer_stream_v2alpha1",
    "transaction_stream_v2alpha1",
    "malfeasance_stream_v2alpha1"
]"#;

/// API services for provers.
pub(super) const POST_SERVICES: &str = r#"["post", "postInfo"]"#;

/// Limits of the request protocols. A protocol that is not named has a queue of 10000 and 100 requests per second.
pub(super) const SERVERS_DEFAULT: &str = r#"{
    "ax/1": {"queue": 10, "requests": 1, "interval": "1s"},
    "ld/1": {"queue": 1000, "requests": 100, "interval": "1s"},
    "hs/1": {"queue": 2000, "requests": 200, "interval": "1s"},
    "as/1": {"queue": 10, "requests": 1, "interval": "1s"},
    "mh/1": {"queue": 1000, "requests": 100, "interval": "1s"},
    "ml/1": {"queue": 100, "requests": 10, "interval": "1s"},
    "lp/2": {"queue": 10000, "requests": 1000, "interval": "1s"}
}"#;

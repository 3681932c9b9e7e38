//! The node's configuration (01 §7). `data/net-a-node-configs.json` holds the files with which four nodes of the reference ran.

use std::{collections::BTreeMap, time::Duration};

use proptest::prelude::*;
use spacemesh_types::{
    Network, Preset, Timestamp,
    config::{
        Config, ConfigError, ConfigErrors, Host, KeyRole, Kind, Origin, PostSettings, Rational,
        Value, all_keys, find_key, flag_names, format_duration, parse_duration,
    },
    network::PeerTimeRules,
};

fn host() -> Host {
    Host {
        home: "/home/me".to_owned(),
        temp: "/tmp".to_owned(),
        program: "/opt/node".to_owned(),
        windows: false,
        processors: 8,
    }
}

fn preset(preset: Preset) -> Config {
    Config::builder(host()).preset(preset).build().unwrap()
}

fn from_file(json: &str) -> Config {
    Config::builder(host())
        .file("node.json", json.as_bytes())
        .unwrap()
        .build()
        .unwrap()
}

fn file_errors(json: &str) -> Vec<String> {
    let ConfigErrors(errors) = Config::builder(host())
        .file("node.json", json.as_bytes())
        .unwrap_err();
    errors.iter().map(ToString::to_string).collect()
}

/// A value as JSON text.
fn shown(config: &Config, path: &str) -> String {
    config.get(path).unwrap().value.to_string()
}

#[test]
fn the_table_is_sound() {
    let mut paths = BTreeMap::new();
    for key in all_keys() {
        assert_eq!(key.path, key.path.to_lowercase());
        assert!(
            paths.insert(key.path, ()).is_none(),
            "{} is in the table twice",
            key.path
        );
        assert_eq!(find_key(key.path), Some(key));
    }
    assert!(paths.len() > 250, "{}", paths.len());
    let mut flags = BTreeMap::new();
    for (flag, key) in flag_names() {
        assert!(
            flags.insert(flag, key.path).is_none(),
            "--{flag} is in the table twice"
        );
    }
    // Every value of every preset can be read: building a configuration reads all of them.
    for of in Preset::ALL {
        let config = preset(of);
        assert_eq!(config.entries().count(), paths.len());
        for (path, effective) in config.entries() {
            let derived = matches!(effective.origin, Origin::Derived(_));
            assert!(derived || effective.origin == Origin::Preset(of), "{path}");
        }
    }
}

#[test]
fn presets_have_the_values_of_the_specification() {
    let row = |path: &str| Preset::ALL.map(|of| shown(&preset(of), path));
    assert_eq!(
        row("main.layer-duration"),
        ["\"5m\"", "\"5m\"", "\"6s\"", "\"15s\""]
    );
    assert_eq!(row("main.layers-per-epoch"), ["4032", "288", "10", "4"]);
    assert_eq!(
        row("main.network-hrp"),
        ["\"sm\"", "\"stest\"", "\"standalone\"", "\"stest\""]
    );
    assert_eq!(row("main.tick-size"), ["9331200", "666514", "100", "100"]);
    assert_eq!(
        row("main.block-gas-limit"),
        [
            "100107000",
            "100107000",
            "18446744073709551615",
            "18446744073709551615"
        ]
    );
    assert_eq!(row("beacon.beacon-rounds-number"), ["0", "20", "4", "4"]);
    assert_eq!(
        row("hare3.protocolname"),
        ["\"/h/3.0\"", "\"\"", "\"/h/3.0\"", "\"/h/3.0\""]
    );
    assert_eq!(
        row("hare3.committeeupgrade.size"),
        ["50", "null", "null", "null"]
    );
    assert_eq!(
        row("smeshing.smeshing-opts.smeshing-opts-scrypt.n"),
        ["8192", "8192", "8192", "2"]
    );
    assert_eq!(
        row("smeshing.smeshing-opts.smeshing-opts-provider"),
        ["null", "4294967295", "4294967295", "4294967295"]
    );
    assert_eq!(
        row("logging.trtl"),
        ["\"warn\"", "\"info\"", "\"info\"", "\"info\""]
    );
    assert_eq!(row("beacon.beacon-q")[0], "\"1/3\"");
    let mainnet = preset(Preset::Mainnet);
    assert_eq!(
        mainnet
            .read::<Vec<Value>>("main.poet-servers")
            .unwrap()
            .len(),
        5
    );
    assert_eq!(
        mainnet.read::<Vec<String>>("p2p.bootnodes").unwrap().len(),
        10
    );
    assert_eq!(
        mainnet
            .read::<BTreeMap<String, u64>>("genesis.accounts")
            .unwrap()
            .len(),
        28
    );
    assert_eq!(mainnet.read::<i64>("main.db-vacuum-state"), Some(21));
    assert_eq!(
        shown(&mainnet, "main.post-valid-delay"),
        "\"2562047h47m16.854775807s\""
    );
}

#[test]
fn presets_and_networks_agree() {
    for of in Preset::ALL {
        assert_eq!(Network::from_config(&preset(of)), Ok(of.network(None)));
    }
}

#[test]
fn built_in_values_use_the_machine_s_folders_and_processors() {
    let config = preset(Preset::Mainnet);
    assert_eq!(config.text("main.data-folder"), "/home/me/spacemesh");
    assert_eq!(config.text("main.filelock"), "/tmp/spacemesh.lock");
    assert_eq!(
        config.text("postservice.postservicecmd"),
        "/opt/node/post-service"
    );
    assert_eq!(
        config.number::<u64>("smeshing.smeshing-proving-opts.smeshing-opts-proving-threads"),
        6
    );
    assert_eq!(
        config.number::<u64>("smeshing.smeshing-verifying-opts.smeshing-opts-verifying-workers"),
        4
    );
    let windows = Host {
        windows: true,
        processors: 1,
        ..host()
    };
    let config = Config::builder(windows).build().unwrap();
    assert_eq!(
        config.text("postservice.postservicecmd"),
        "/opt/node/post-service.exe"
    );
    assert_eq!(
        config.number::<u64>("smeshing.smeshing-proving-opts.smeshing-opts-proving-threads"),
        1
    );
    // What a file says is not expanded.
    assert_eq!(
        from_file(r#"{"main": {"data-folder": "~/x"}}"#).text("main.data-folder"),
        "~/x"
    );
}

#[test]
fn files_of_recorded_nodes_give_what_the_nodes_ran_with() {
    let files: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(include_str!("../data/net-a-node-configs.json")).unwrap();
    for (name, file) in &files {
        let config = from_file(&file.to_string());
        assert_eq!(config.unknown(), [], "{name}");
        assert_eq!(config.check(), [], "{name}");
        let network = Network::from_config(&config).unwrap();
        assert_eq!(
            network.prologue(),
            "617e19e46242df9181ef16a32bacace2456beef0-19"
        );
        assert_eq!(network.hrp.as_str(), "stest");
        assert_eq!(network.layer_duration, Duration::from_secs(5));
        let in_effect = [
            ("main.layer-average-size", "10"),
            ("main.tick-size", "100"),
            ("main.block-gas-limit", "18446744073709551615"),
            ("main.txs-per-proposal", "100"),
            ("main.miner-good-atxs-percent", "50"),
            ("main.atx-versions", "{\"9\":2}"),
            ("hare3.committee", "800"),
            ("hare3.committeeupgrade.layer", "60"),
            ("hare3.committeeupgrade.size", "30"),
            ("hare3.leaders", "10"),
            ("hare3.round-duration", "\"400ms\""),
            ("certificate.committee-size", "800"),
            ("certificate.certifythreshold", "401"),
            ("tortoise.tortoise-hdist", "4"),
            ("tortoise.tortoise-delay-layers", "2"),
            ("beacon.beacon-first-voting-round-duration", "\"8s\""),
        ];
        for (path, value) in in_effect {
            assert_eq!(shown(&config, path), value, "{name}: {path}");
        }
        let post = PostSettings::from_config(&config);
        assert_eq!(
            (post.k1, post.k2, post.k3, post.labels_per_unit),
            (12, 4, 1, 128)
        );
        assert_eq!(
            (post.min_num_units, post.max_num_units, post.scrypt_n),
            (2, 4, 2)
        );
        assert_eq!(post.pow_difficulty, [0xff; 32]);
        assert_eq!(
            PeerTimeRules::from_config(&config)
                .unwrap()
                .required_responses,
            2
        );
    }
    assert_eq!(files.len(), 4);
}

#[test]
fn every_value_knows_its_origin() {
    let config = Config::builder(host())
        .file(
            "base.json",
            br#"{"preset": "fastnet", "main": {"layer-duration": "5s", "tick-size": 7}}"#,
        )
        .unwrap()
        .file("mine.json", br#"{"main": {"tick-size": 8}}"#)
        .unwrap()
        .flag("--layer-average-size", Some("9"))
        .build()
        .unwrap();
    let origin = |path: &str| config.origin(path).to_string();
    assert_eq!(origin("preset"), "file base.json");
    assert_eq!(origin("main.layers-per-epoch"), "preset fastnet");
    assert_eq!(origin("main.layer-duration"), "file base.json");
    assert_eq!(origin("main.tick-size"), "file mine.json");
    assert_eq!(
        origin("main.layer-average-size"),
        "flag --layer-average-size"
    );
    assert_eq!(
        origin("tortoise.layersize"),
        "the node: main.layer-average-size"
    );
    assert_eq!(config.number::<u32>("tortoise.layersize"), 9);
}

#[test]
fn keys_are_read_in_any_case() {
    let config = from_file(
        r#"{"Main": {"Layer-Duration": "7s"}, "HARE3": {"CommitteeUpgrade": {"Size": 3}}}"#,
    );
    assert_eq!(config.duration("main.layer-duration").as_secs(), 7);
    assert_eq!(config.read::<u16>("hare3.committeeupgrade.size"), Some(3));
    // The other half of the upgrade stays mainnet's: it is merged.
    assert_eq!(
        config.read::<u32>("hare3.committeeupgrade.layer"),
        Some(105_720)
    );
    let twice = file_errors(r#"{"main": {"tick-size": 1, "Tick-Size": 2}}"#);
    assert_eq!(
        twice,
        ["main.tick-size stands in file node.json twice, in different case; keep one"]
    );
}

#[test]
fn lists_and_maps_are_replaced_and_objects_merged() {
    let config =
        from_file(r#"{"p2p": {"bootnodes": ["x"]}, "fetch": {"servers": {"AX/1": {"queue": 5}}}}"#);
    assert_eq!(config.read::<Vec<String>>("p2p.bootnodes").unwrap(), ["x"]);
    // The only entry is the file's, its name is lowered, what it leaves out is zero.
    assert_eq!(
        shown(&config, "fetch.servers"),
        r#"{"ax/1":{"interval":"0s","queue":5,"requests":0}}"#
    );
    assert_eq!(config.number::<i64>("p2p.min-peers"), 20);
}

#[test]
fn null_and_empty_objects_are_read_over() {
    let config = from_file(
        r#"{"genesis": {"accounts": {}}, "main": null, "p2p": {}, "tortoise": {"tortoise-hdist": null}}"#,
    );
    assert_eq!(
        config
            .read::<BTreeMap<String, u64>>("genesis.accounts")
            .unwrap()
            .len(),
        28
    );
    assert_eq!(
        config.origin("tortoise.tortoise-hdist"),
        &Origin::Preset(Preset::Mainnet)
    );
    assert_eq!(config.unknown(), []);
}

#[test]
fn unknown_keys_are_named_with_the_nearest_that_exists() {
    let config = from_file(
        r#"{
            "main": {"layers-per-epok": 3, "nonsense": 1, "poet-servers": [{"address": "a", "key": "b"}]},
            "layer-duration": "5s",
            "tim": {"ntp": true}
        }"#,
    );
    let unknown: Vec<_> = config
        .unknown()
        .iter()
        .map(|key| (key.path.as_str(), key.suggestion))
        .collect();
    assert_eq!(
        unknown,
        [
            ("layer-duration", Some("main.layer-duration")),
            ("main.layers-per-epok", Some("main.layers-per-epoch")),
            ("main.nonsense", None),
            ("main.poet-servers[0].key", None),
            ("tim", None),
        ]
    );
    let text = config.unknown()[1].to_string();
    assert_eq!(
        text,
        "main.layers-per-epok in file node.json is not a key; did you mean main.layers-per-epoch?"
    );
    // The value of a key with the wrong name has no effect.
    assert_eq!(config.number::<u32>("main.layers-per-epoch"), 4032);
}

#[test]
fn values_are_read_in_all_forms_of_the_reference() {
    for (path, forms, value) in [
        (
            "main.tick-size",
            vec![
                "7",
                "\"7\"",
                "7.0",
                "\"0x7\"",
                "\"0b111\"",
                "\"007\"",
                "\"+7\"",
            ],
            "7",
        ),
        ("main.tick-size", vec!["true", "\"1\"", "1"], "1"),
        ("main.tick-size", vec!["\"\"", "false", "0"], "0"),
        (
            "main.tick-size",
            vec!["18446744073709551615", "\"18_446_744_073_709_551_615\""],
            "18446744073709551615",
        ),
        (
            "main.metrics",
            vec!["true", "1", "\"true\"", "\"T\"", "\"1\"", "2"],
            "true",
        ),
        (
            "main.metrics",
            vec!["false", "0", "\"False\"", "\"\""],
            "false",
        ),
        (
            "main.layer-duration",
            vec![
                "\"1h30m\"",
                "5400000000000",
                "\"90m\"",
                "\"5400s\"",
                "\"1.5h\"",
            ],
            "\"1h30m\"",
        ),
        (
            "syncer.epochendfraction",
            vec!["0.5", "\"0.5\"", "\".5\""],
            "0.5",
        ),
        (
            "beacon.beacon-q",
            vec!["\"1/4\"", "0.25", "\"0.25\"", "\"2/8\""],
            "\"1/4\"",
        ),
        (
            "p2p.bootnodes",
            vec!["[\"a\", \"b\"]", "\"a,b\""],
            "[\"a\",\"b\"]",
        ),
        ("p2p.bootnodes", vec!["[]", "\"\""], "[]"),
        (
            "p2p.listen",
            vec!["\"/ip4/1.2.3.4/tcp/5\"", "[\"/ip4/1.2.3.4/tcp/5\"]"],
            "[\"/ip4/1.2.3.4/tcp/5\"]",
        ),
        (
            "main.db-skip-migrations",
            vec!["[1, \"2\"]", "\"1,2\""],
            "[1,2]",
        ),
        ("main.db-skip-migrations", vec!["3", "[3]"], "[3]"),
        ("main.data-folder", vec!["\"5\"", "5"], "\"5\""),
        (
            "smeshing.smeshing-opts.smeshing-opts-provider",
            vec!["0"],
            "0",
        ),
        (
            "tortoise.minimalactivesetweight",
            vec!["{\"weight\": 5}", "[{\"weight\": \"5\"}]"],
            "[{\"epoch\":0,\"weight\":5}]",
        ),
        (
            "main.atx-versions",
            vec!["{\"3\": 1, \"20\": 2}", "{\"20\": \"2\", \"3\": 1}"],
            "{\"20\":2,\"3\":1}",
        ),
        (
            "genesis.genesis-time",
            vec!["\"2023-07-14T10:00:00+02:00\""],
            "\"2023-07-14T08:00:00Z\"",
        ),
    ] {
        for form in forms {
            let (section, key) = path.split_once('.').unwrap();
            let file = match key.split_once('.') {
                Some((middle, key)) => {
                    format!(r#"{{"{section}": {{"{middle}": {{"{key}": {form}}}}}}}"#)
                }
                None => format!(r#"{{"{section}": {{"{key}": {form}}}}}"#),
            };
            assert_eq!(shown(&from_file(&file), path), value, "{path}: {form}");
        }
    }
}

#[test]
fn values_that_do_not_fit_are_refused_with_key_and_expectation() {
    for (file, error) in [
        (
            r#"{"main": {"tick-size": -1}}"#,
            "main.tick-size in file node.json is -1; expected a whole number from 0 to 18446744073709551615",
        ),
        (
            r#"{"hare3": {"committee": 65536}}"#,
            "hare3.committee in file node.json is 65536; expected a whole number from 0 to 65535",
        ),
        (
            r#"{"main": {"tick-size": 1.5}}"#,
            "main.tick-size in file node.json is 1.5; expected a whole number from 0 to 18446744073709551615",
        ),
        (
            r#"{"main": {"metrics": "yes"}}"#,
            "main.metrics in file node.json is \"yes\"; expected true or false",
        ),
        (
            r#"{"main": {"layer-duration": "5"}}"#,
            "main.layer-duration in file node.json is \"5\"; expected a duration such as 1h30m",
        ),
        (
            r#"{"smeshing": {"smeshing-opts": {"smeshing-opts-provider": "0"}}}"#,
            "smeshing.smeshing-opts.smeshing-opts-provider in file node.json is \"0\"; expected a whole number from 0 to 4294967295, not in quotes",
        ),
        (
            r#"{"tortoise": {"minimalactivesetweight": [{"epoch": 1}, {"epoch": -1}]}}"#,
            "tortoise.minimalactivesetweight[1].epoch in file node.json is -1; expected a whole number from 0 to 4294967295",
        ),
        (
            r#"{"main": {"atx-versions": {"5": 2, "6": 1}}}"#,
            "main.atx-versions in file node.json is {\"5\":2,\"6\":1}; expected an object from epoch to ATX version, 1 or 2, which does not go back in later epochs",
        ),
        (
            r#"{"main": {"atx-versions": {"5": 3}}}"#,
            "main.atx-versions in file node.json is {\"5\":3}; expected an object from epoch to ATX version, 1 or 2, which does not go back in later epochs",
        ),
        (
            r#"{"post": {"post-pow-difficulty": "ff"}}"#,
            "post.post-pow-difficulty in file node.json is \"ff\"; expected 64 hexadecimal digits",
        ),
        (
            r#"{"main": 5}"#,
            "main in file node.json must be an object with keys, not 5",
        ),
        (
            r#"[]"#,
            " in file node.json must be an object with keys, not []",
        ),
        (
            r#"{"main": {"poet-server": "x"}}"#,
            "main.poet-server in file node.json is not supported any more; list the servers with their public keys in main.poet-servers",
        ),
    ] {
        assert_eq!(file_errors(file), [error]);
    }
    assert!(
        file_errors("{")
            .first()
            .unwrap()
            .starts_with("node.json is not JSON")
    );
    assert_eq!(
        file_errors(r#"{"main": {"tick-size": [], "metrics": 3, "data-folder": {"a": 1}}}"#).len(),
        2
    );
}

#[test]
fn a_preset_is_chosen_by_flag_then_file_and_replaces_everything() {
    let file = br#"{"preset": "testnet"}"#;
    let builder = || Config::builder(host()).file("node.json", file).unwrap();
    assert_eq!(builder().build().unwrap().preset(), Preset::Testnet);
    assert_eq!(
        builder()
            .flag("-p", Some("standalone"))
            .build()
            .unwrap()
            .preset(),
        Preset::Standalone
    );
    let unknown = builder()
        .flag("--preset", Some("moon"))
        .build()
        .unwrap_err();
    assert!(
        unknown.to_string().contains("there is no preset \"moon\""),
        "{unknown}"
    );
    assert!(matches!(unknown.0.as_slice(), [ConfigError::Preset { .. }]));
}

#[test]
fn flags_stand_above_files_lists_replace_and_accounts_add() {
    let config = Config::builder(host())
        .file(
            "node.json",
            br#"{"p2p": {"bootnodes": ["file"]}, "main": {"metrics": false}}"#,
        )
        .unwrap()
        .flag("--bootnodes", Some("x,y"))
        .flag("--bootnodes", Some("z"))
        .flag("--metrics", None)
        .flag("-a", Some("one=5,two=6"))
        .flag("--gprc-tls-ca-cert", Some("ca.pem"))
        .flag(
            "--poet-servers",
            Some(r#"[{"address": "http://a", "pubkey": "k"}]"#),
        )
        .flag("--smeshing-opts-provider", Some("3"))
        .build()
        .unwrap();
    assert_eq!(
        config.read::<Vec<String>>("p2p.bootnodes").unwrap(),
        ["x", "y", "z"]
    );
    assert!(config.flag("main.metrics"));
    let accounts = config
        .read::<BTreeMap<String, u64>>("genesis.accounts")
        .unwrap();
    assert_eq!(
        (accounts.len(), accounts["one"], accounts["two"]),
        (30, 5, 6)
    );
    assert_eq!(config.text("api.grpc-tls-ca-cert"), "ca.pem");
    assert_eq!(
        config
            .read::<Vec<Value>>("main.poet-servers")
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        config.read::<u32>("smeshing.smeshing-opts.smeshing-opts-provider"),
        Some(3)
    );
    // The testnet has no list of accounts to add to.
    let testnet = Config::builder(host())
        .preset(Preset::Testnet)
        .flag("accounts", Some("one=5"))
        .build()
        .unwrap();
    assert_eq!(shown(&testnet, "genesis.accounts"), r#"{"one":5}"#);
}

#[test]
fn bad_flags_are_named() {
    let errors = Config::builder(host())
        .flag("--layer-dur", Some("5s"))
        .flag("--tick-size", Some("many"))
        .flag("--poet-server", Some("x"))
        .build()
        .unwrap_err();
    let errors: Vec<_> = errors.0.iter().map(ToString::to_string).collect();
    assert_eq!(
        errors[0],
        "there is no flag --layer-dur; did you mean --layer-duration?"
    );
    assert_eq!(
        errors[1],
        "main.tick-size in flag --tick-size is \"many\"; expected a whole number from 0 to 18446744073709551615"
    );
    assert!(
        errors[2].starts_with("main.poet-server in flag --poet-server is not supported any more")
    );
}

#[test]
fn overwritten_values_are_the_node_s_whatever_a_file_says() {
    let file = r#"{"tortoise": {"layersize": 5, "tortoise-delay-layers": 0, "tortoise-zdist": 3}, "p2p": {"min-peers": 0}}"#;
    let config = from_file(file);
    assert_eq!(config.number::<u32>("tortoise.layersize"), 50);
    assert_eq!(config.number::<u32>("tortoise.tortoise-delay-layers"), 4032);
    assert_eq!(config.number::<u32>("certificate.numlayerstokeep"), 6);
    assert_eq!(config.number::<u32>("syncer.haredelaylayers"), 3);
    assert_eq!(config.number::<i64>("certificate.certifythreshold"), 101);
    assert_eq!(
        config.number::<i64>("syncer.malfeasance-sync.min-sync-peers"),
        1
    );
    assert_eq!(config.number::<i64>("main.miner-good-atxs-percent"), 90);
    assert_eq!(
        config.duration("bootstrap.interval"),
        Duration::from_secs(60)
    );
    assert_eq!(
        config.text("vm.genesisid"),
        "9eebff023abb17ccb775c602daade8ed708f0a50"
    );
    assert_eq!(config.proposal_store_layers(), 4);
    let overwritten = all_keys()
        .filter(|key| key.role() == KeyRole::Overwritten)
        .count();
    assert_eq!(overwritten, 14);
}

/// Keys of the rules that do not hold.
fn failing(json: &str) -> Vec<&'static str> {
    from_file(json)
        .check()
        .iter()
        .map(|failure| failure.key)
        .collect()
}

#[test]
fn what_would_stop_the_reference_is_told() {
    assert_eq!(failing("{}"), Vec::<&str>::new());
    for (file, keys) in [
        (r#"{"preset": "fastnet"}"#, vec!["genesis.genesis-time"]),
        (
            r#"{"genesis": {"genesis-extra-data": ""}}"#,
            vec!["genesis.genesis-extra-data"],
        ),
        (
            r#"{"genesis": {"accounts": {"x": 1}}}"#,
            vec!["genesis.accounts"],
        ),
        (
            r#"{"main": {"network-hrp": "SM"}}"#,
            vec!["main.network-hrp"],
        ),
        (
            r#"{"main": {"layers-per-epoch": 0}}"#,
            vec![
                "main.layers-per-epoch",
                "hare-eligibility.eligibility-confidence-param",
            ],
        ),
        (
            r#"{"main": {"layers-per-epoch": 4294967295}}"#,
            vec!["main.layers-per-epoch"],
        ),
        (
            r#"{"main": {"layer-duration": 0}}"#,
            vec!["main.layer-duration", "hare3.iterations-limit"],
        ),
        (
            r#"{"hare-eligibility": {"eligibility-confidence-param": 4032}}"#,
            vec!["hare-eligibility.eligibility-confidence-param"],
        ),
        (
            r#"{"hare3": {"iterations-limit": 8}}"#,
            vec!["hare3.iterations-limit"],
        ),
        (
            r#"{"hare3": {"disable-layer": 35117}}"#,
            vec!["hare3.disable-layer"],
        ),
        (
            r#"{"p2p": {"enable-tcp-transport": false}}"#,
            vec!["p2p.enable-tcp-transport"],
        ),
        (r#"{"p2p": {"static-relays": ["x"]}}"#, vec!["p2p.relay"]),
        (
            r#"{"p2p": {"discovery-timings": {"advertise-interval": "59m"}}}"#,
            vec!["p2p.discovery-timings.advertise-interval-spread"],
        ),
        (
            r#"{"api": {"grpc-json-listener": "x", "publicservices": []}}"#,
            vec!["api.grpc-json-listener"],
        ),
        (
            r#"{"api": {"publicservices": ["node", "mesh", "node"]}}"#,
            vec!["api.publicservices"],
        ),
        (
            r#"{"smeshing": {"smeshing-start": true}}"#,
            vec!["smeshing.smeshing-coinbase"],
        ),
        (
            r#"{"smeshing": {"smeshing-coinbase": "x"}}"#,
            vec!["smeshing.smeshing-coinbase"],
        ),
        (
            r#"{"recovery": {"recovery-uri": "file:///x"}}"#,
            vec!["recovery.recovery-layer"],
        ),
        (
            r#"{"main": {"standalone": true}}"#,
            vec!["main.poet-servers"],
        ),
    ] {
        assert_eq!(failing(file), keys, "{file}");
    }
    let standalone =
        r#"{"preset": "standalone", "genesis": {"genesis-time": "2026-01-01T00:00:00Z"}}"#;
    assert_eq!(failing(standalone), Vec::<&str>::new());
}

#[test]
fn a_configured_checkpoint_moves_the_effective_genesis() {
    let config =
        from_file(r#"{"recovery": {"recovery-uri": "file:///x", "recovery-layer": 20000}}"#);
    assert_eq!(
        Network::from_config(&config).unwrap().effective_genesis.0,
        19_999
    );
    assert_eq!(
        Network::from_config(&from_file("{}"))
            .unwrap()
            .effective_genesis
            .0,
        8063
    );
}

#[test]
fn hare_of_mainnet_ends_361_seconds_after_its_layer_begins() {
    // Two layers of 180.5 seconds are just enough, of 180.4 seconds too short.
    assert_eq!(
        failing(r#"{"main": {"layer-duration": "180.5s"}}"#),
        Vec::<&str>::new()
    );
    assert_eq!(
        failing(r#"{"main": {"layer-duration": "180.4s"}}"#),
        ["hare3.iterations-limit"]
    );
}

#[test]
fn durations_are_those_of_go() {
    for (text, nanos) in [
        ("0", 0),
        ("5s", 5_000_000_000),
        ("-1.5h", -5_400_000_000_000),
        ("1h15m30.918273645s", 4_530_918_273_645),
        ("100ns", 100),
        ("1us", 1000),
        ("1\u{b5}s", 1000),
        ("1\u{3bc}s", 1000),
        (".5s", 500_000_000),
        ("5.s", 5_000_000_000),
        ("9223372036854775807ns", i64::MAX),
        ("-9223372036854775808ns", i64::MIN),
        ("0.1000000000000000000001s", 100_000_000),
    ] {
        assert_eq!(parse_duration(text), Ok(nanos), "{text}");
    }
    for bad in [
        "",
        "3",
        "-",
        "s",
        ".",
        "-.",
        ".s",
        "+.s",
        "1d",
        "9223372036854775808ns",
        "3000000h",
        "1s ",
        "1 s",
        "--1s",
    ] {
        assert!(parse_duration(bad).is_err(), "{bad}");
    }
    assert_eq!(format_duration(0), "0s");
    assert_eq!(format_duration(90_000_000_000), "1m30s");
    assert_eq!(format_duration(1_500_000), "1.5ms");
}

#[test]
fn fractions_are_in_lowest_terms() {
    let fraction = |text: &str| {
        text.parse::<Rational>()
            .map(|fraction| fraction.to_string())
            .ok()
    };
    assert_eq!(fraction("2/6"), Some("1/3".to_owned()));
    assert_eq!(fraction("0.125"), Some("1/8".to_owned()));
    assert_eq!(fraction("3"), Some("3/1".to_owned()));
    for bad in [
        "",
        "1/0",
        "/",
        "1/",
        "-1/3",
        "a",
        "0.12345678901234567890123",
        ".",
    ] {
        assert_eq!(fraction(bad), None, "{bad}");
    }
}

#[test]
fn text_forms_of_values_are_read_again() {
    // A configuration written out as a file gives the same values.
    let config = preset(Preset::Mainnet);
    for (path, effective) in config.entries() {
        let key = find_key(path).unwrap();
        if key.role() != KeyRole::Setting
            || effective.value == Value::Unset
            || matches!(effective.origin, Origin::Derived(_))
        {
            continue;
        }
        let mut file = effective.value.to_json();
        for part in path.rsplit('.') {
            file = serde_json::json!({ part: file });
        }
        let again = Config::builder(host())
            .file("x", file.to_string().as_bytes())
            .unwrap()
            .build()
            .unwrap();
        assert_eq!(again.get(path).unwrap().value, effective.value, "{path}");
        let _ = matches!(key.kind, Kind::Text);
    }
    assert!(config.read::<Timestamp>("genesis.genesis-time").is_some());
}

/// JSON of some depth with names of keys in it.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let name = prop::sample::select(vec![
        "main",
        "Main",
        "p2p",
        "hare3",
        "committeeupgrade",
        "layer",
        "tick-size",
        "poet-servers",
        "address",
        "bootnodes",
        "smeshing",
        "smeshing-opts",
        "genesis",
        "accounts",
        "atx-versions",
        "fetch",
        "servers",
        "preset",
        "x",
        "",
        ".",
    ]);
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        ".{0,10}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 30, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::vec((name.clone(), inner), 0..5).prop_map(|fields| fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_file_breaks_the_reader(json in json(), bytes: Vec<u8>) {
        let builder = Config::builder(Host::default());
        let _ = Config::builder(Host::default()).file("bytes", &bytes);
        let built = builder.file("json", json.to_string().as_bytes()).and_then(|builder| builder.build());
        if let Ok(config) = built {
            let _ = config.check();
        }
    }

    #[test]
    fn no_flag_breaks_the_reader(name in "[a-z-]{0,20}", index in any::<prop::sample::Index>(), value in ".{0,20}") {
        let known: Vec<_> = flag_names().map(|(flag, _)| flag).collect();
        for flag in [name.as_str(), known[index.index(known.len())]] {
            if let Ok(config) = Config::builder(Host::default()).flag(flag, Some(&value)).build() {
                let _ = config.check();
            }
        }
    }

    #[test]
    fn durations_round_trip(nanos: i64) {
        prop_assert_eq!(parse_duration(&format_duration(nanos)), Ok(nanos));
    }
}

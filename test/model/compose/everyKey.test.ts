import assert from "node:assert/strict";
import type { Service } from "../../../model/application";
import { read } from "./reading";

/** All keys that the JSON schema of the Compose Specification has for a service. */
const specified = (
    "annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count cpu_percent " +
    "cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on deploy develop device_cgroup_rules " +
    "devices dns dns_opt dns_search domainname entrypoint env_file environment expose extends external_links extra_hosts gpus group_add " +
    "healthcheck hostname image init ipc isolation label_file labels links logging mac_address mem_limit mem_reservation mem_swappiness " +
    "memswap_limit models network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_start pre_stop " +
    "privileged profiles provider pull_policy pull_refresh_after read_only restart runtime scale secrets security_opt shm_size stdin_open " +
    "stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes volumes_from working_dir"
).split(" ");

/** What becomes of each key with a value that is usual for it. */
const fates: Readonly<Record<"carried over" | "passed over" | "refused", Readonly<Record<string, string>>>> = {
    "carried over": {
        build: "{context: web}",
        cap_add: "[SYS_PTRACE]",
        cap_drop: "[ALL]",
        command: "run it",
        container_name: "the-web",
        cpus: "0.5",
        depends_on: "[other]",
        deploy: "{replicas: 2}",
        entrypoint: "[run]",
        environment: "{A: b}",
        expose: "[80]",
        extends: "other",
        healthcheck: "{test: x}",
        image: "y",
        init: "true",
        labels: "{a: b}",
        links: '["other:alias"]',
        mem_limit: "1g",
        mem_reservation: "1g",
        network_mode: "service:other",
        networks: "{default: {aliases: [alias]}}",
        platform: "linux/arm64",
        ports: "[80]",
        profiles: "[debug]",
        read_only: "true",
        scale: "2",
        stop_grace_period: "1m",
        sysctls: "{net.core.somaxconn: 1024}",
        tmpfs: "/run",
        ulimits: "{nofile: 1024}",
        user: "nobody",
        volumes: '["shared:/shared"]',
        working_dir: "/app",
    },
    "passed over": {
        annotations: "{a: b}",
        attach: "false",
        develop: "{watch: []}",
        env_file: "[{path: none.env, required: false}]",
        logging: "{driver: json-file, options: {max-size: 10m}}",
        pull_policy: "always",
        pull_refresh_after: "24h",
        restart: "always",
        stdin_open: "true",
        tty: "true",
    },
    refused: {
        blkio_config: "{weight: 300}",
        cgroup: "host",
        cgroup_parent: "m-executor",
        configs: "[config]",
        cpu_count: "2",
        cpu_percent: "50",
        cpu_period: "100000",
        cpu_quota: "50000",
        cpu_rt_period: "400ms",
        cpu_rt_runtime: "400ms",
        cpu_shares: "73",
        cpuset: '"0,1"',
        credential_spec: "{file: x.json}",
        device_cgroup_rules: '["c 1:3 mr"]',
        devices: '["/dev/a:/dev/a"]',
        dns: "8.8.8.8",
        dns_opt: '["use-vc"]',
        dns_search: "example.com",
        domainname: "example.com",
        external_links: "[redis]",
        extra_hosts: '["somehost:162.242.195.82"]',
        gpus: "all",
        group_add: "[mail]",
        hostname: "web",
        ipc: "host",
        isolation: "hyperv",
        label_file: "web.labels",
        mac_address: "02:42:ac:11:65:43",
        mem_swappiness: "60",
        memswap_limit: "2g",
        models: "[llm]",
        oom_kill_disable: "true",
        oom_score_adj: "500",
        pid: "host",
        pids_limit: "10",
        post_start: "[{command: x}]",
        pre_start: "[{command: x}]",
        pre_stop: "[{command: x}]",
        privileged: "true",
        provider: "{type: x}",
        runtime: "kata",
        secrets: "[password]",
        security_opt: '["no-new-privileges:true"]',
        shm_size: "64m",
        stop_signal: "SIGINT",
        storage_opt: "{size: 1G}",
        use_api_socket: "true",
        userns_mode: "host",
        uts: "host",
        volumes_from: "[other]",
    },
};

/** A service without the places where it is written. */
type What = Omit<Service, "place" | "places">;

/** Reads a service with these keys, each in one line, beside others. */
function readWith(keys: readonly string[], image = "x"): { readonly service: What; readonly problems: readonly string[] } {
    const own = keys.some((key) => key.startsWith("image:")) ? keys : [`image: ${image}`, ...keys];
    const { services, problems } = read(
        [
            "services:",
            "  web:",
            ...own.map((key) => `    ${key}`),
            "  other: {image: x, working_dir: /other}",
            "volumes: {shared: {x-understudy: {ephemeral: true}}}",
            "secrets: {password: {file: ./password.txt}}",
            "configs: {config: {file: ./config.txt}}",
        ].join("\n"),
    );
    const { place: _, places: __, ...service } = services["web"]!;
    return { service, problems };
}

describe("every key of a service that the Compose Specification has", () => {
    const plain = readWith([]).service;

    it("has its fate, and only one", () => {
        assert.deepEqual(Object.values(fates).flatMap(Object.keys).toSorted(), specified);
    });

    for (const [key, value] of Object.entries(fates["carried over"])) {
        it(`is carried over: ${key}`, () => {
            const { service, problems } = readWith([`${key}: ${value}`]);
            assert.deepEqual(problems, []);
            assert.notDeepEqual(service, plain);
        });
    }

    for (const [key, value] of Object.entries(fates["passed over"])) {
        it(`is passed over: ${key}`, () => assert.deepEqual(readWith([`${key}: ${value}`]), { service: plain, problems: [] }));
    }

    for (const [key, value] of Object.entries(fates.refused)) {
        it(`is refused, unless the service does without it or does not run on AWS: ${key}`, () => {
            const { service, problems } = readWith([`${key}: ${value}`]);
            const ending = `; remove it, or list it under x-understudy.ignore (${key}) to run without it on AWS`;
            assert.deepEqual(
                problems.map((problem) => problem.startsWith(`4 services.web.${key}`) && problem.endsWith(ending)),
                [true],
            );
            assert.deepEqual(service, plain);
            assert.deepEqual(readWith([`${key}: ${value}`, `x-understudy: {ignore: [${key}]}`]), { service: plain, problems: [] });
            assert.deepEqual(readWith([`${key}: ${value}`], "mysql").problems, []);
        });
    }

    for (const value of [
        "cgroup: private",
        "ipc: shareable",
        "isolation: default",
        "mem_swappiness: 0",
        "oom_score_adj: 0",
        "pids_limit: -1",
        "runtime: runc",
        "privileged: ${NO:-false}",
        "devices: []",
        "network_mode: bridge",
        "deploy: {mode: replicated, endpoint_mode: dnsrr, labels: [a=b], restart_policy: {condition: any, delay: 5s}}",
        "deploy: {update_config: {order: start-first, failure_action: rollback}, placement: {}}",
        "cpus: 0",
        'mem_limit: "0"',
    ]) {
        it(`is harmless where it asks for what Fargate does anyway: ${value}`, () => {
            assert.deepEqual(readWith([value]), { service: plain, problems: [] });
        });
    }
});

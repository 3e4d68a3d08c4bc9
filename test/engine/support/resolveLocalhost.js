"use strict";

// Every host below localhost is this machine, as browsers and most systems have it; not all systems do.
const dns = require("node:dns");
const { lookup } = dns;
dns.lookup = (host, ...rest) => lookup(host.endsWith(".localhost") ? "127.0.0.1" : host, ...rest);

import type { ControlClient } from "../emulator/control";
import type { ServiceReport, ServiceView } from "../emulator/views";
import { unlessGone } from "./reliably";

/** Tells the emulator about services; what is told about one service arrives in the order in which it was said. */
export class ServiceReporter {
    private readonly last = new Map<string, Promise<void>>();

    constructor(private readonly control: ControlClient) {}

    /** Ends when the emulator knows. A service that it no longer knows needs no report. */
    async report(service: ServiceView, report: ServiceReport): Promise<void> {
        const { serviceArn, cluster, serviceName } = service;
        const before = this.last.get(serviceArn) ?? Promise.resolve();
        const done = before.then(() => unlessGone(this.control.reportService(service, cluster, serviceName, report)));
        const settled = done.catch(() => undefined); // whoever said it is told; what comes after it goes on
        this.last.set(serviceArn, settled);
        try {
            await done;
        } finally {
            if (this.last.get(serviceArn) === settled) this.last.delete(serviceArn);
        }
    }
}

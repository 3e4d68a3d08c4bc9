import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export const staging = `config:
  understudy:kind: staging
  understudy:app: shop
  understudy:account: "222222222222"
  understudy:region: eu-west-1
  understudy:role: arn:aws:iam::222222222222:role/understudy-deploy
  understudy:zone: staging.example.com
  understudy:variables: { LEVEL: debug }
  understudy:services:
    web: { count: 3 }
  other:key: kept
`;
export const compose = "services:\n  web:\n    image: shop-web\n    build: .\n    ports: ['8080:8080']\n";

/** A project in a folder of its own, which removes itself. */
export class TemporaryProject implements Disposable {
    readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "understudy-test-"));

    constructor(files: Readonly<Record<string, string>> = { "Pulumi.yaml": "name: understudy\n", "Pulumi.staging.yaml": staging, "app/compose.yaml": compose }) {
        for (const [name, text] of Object.entries(files)) {
            const file = path.join(this.directory, name);
            fs.mkdirSync(path.dirname(file), { recursive: true });
            fs.writeFileSync(file, text);
        }
    }

    [Symbol.dispose](): void {
        fs.rmSync(this.directory, { recursive: true });
    }
}

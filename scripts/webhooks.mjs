// node scripts/webhooks.mjs PROGRAM FOLDER: receives webhooks of a service and verifies them with the library in FOLDER; writes
// them to FOLDER/received.json. Called by scripts/webhooks.
import assert from "node:assert";
import { execFile, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";

const [program, folder] = process.argv.slice(2);
const { Webhook } = createRequire(join(folder, "package.json"))("standardwebhooks");

const received = [];
const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
        const body = Buffer.concat(parts).toString("utf8");
        received.push({ path: request.url, headers: request.headers, body });
        response.writeHead(204).end();
    });
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const url = (path) => `http://127.0.0.1:${server.address().port}/${path}`;

const work = join(folder, "work");
mkdirSync(join(work, "inbox"), { recursive: true });
// A command may send something to the receiver, which must answer meanwhile.
const muster = async (...options) => (await promisify(execFile)(program, options, { cwd: work })).stdout;
const deliver = async (...rows) => {
    writeFileSync(join(work, "inbox/a.csv"), ["id,mail,first,last", ...rows, ""].join("\n"));
    await muster("sync", "people.toml", "--approve");
};
writeFileSync(
    join(work, "people.toml"),
    `workspace = "acme"
name = "people"
[source]
url = "file:inbox"
pattern = "*.csv"
settle = "0s"
[policy]
missing = "deactivate"
[mapping]
external_id = "id"
email = "mail"
first_name = "first"
last_name = "last"
`,
);
await deliver("E-1,ann@acme.example,Ann,Bos");
const events = JSON.parse(await muster("webhooks", "add", url("events"), "--allow-internal", "--departure-wait", "0", "--json"));
const alerts = JSON.parse(await muster("alert", "add", url("alerts"), "--allow-internal", "--json"));
const secrets = { "/events": events.secret, "/alerts": alerts.secret };
// Letters beyond ASCII have several bytes, and line ends and quotation marks are escaped: the signature is of the bytes sent.
await deliver("E-1,ann@acme.example,Anneliese,Bös", 'E-2,bob@acme.example,"Bob ""B""",Łuk');
await deliver("E-1,ann@acme.example,Anneliese,Bös");
await muster("alert", "test", "1");
const service = spawn(program, ["serve", "--listen", "127.0.0.1:0"], { cwd: work, stdio: "ignore" });
try {
    const types = () => received.map(({ body }) => JSON.parse(body).type);
    const wanted = ["employee.created", "employee.updated", "employee.deactivated"];
    for (let waited = 0; !wanted.every((type) => types().includes(type)); waited++) {
        assert(waited < 600, `after a minute, only these had arrived: ${types()}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
} finally {
    service.kill();
}
server.close();
server.closeAllConnections();

assert(received.some(({ path }) => path === "/alerts"));
for (const message of received) {
    const webhook = new Webhook(secrets[message.path]);
    assert.deepStrictEqual(webhook.verify(message.body, message.headers), JSON.parse(message.body));
    const other = { ...message.headers, "webhook-id": `${message.headers["webhook-id"]}0` };
    const forged = new Webhook(`whsec_${Buffer.alloc(32, 7).toString("base64")}`);
    assert.throws(() => webhook.verify(`${message.body} `, message.headers));
    assert.throws(() => webhook.verify(message.body, other));
    assert.throws(() => forged.verify(message.body, message.headers));
}
writeFileSync(join(folder, "received.json"), JSON.stringify({ secrets, received }));
console.log(`${received.length} messages are verified by the library for Node`);

// node gcs_emulator.cjs NODE_MODULES PORT: the Cloud Storage emulator of firebase-tools, without its rules, which need Java.
'use strict';
const path = require('node:path');
const [modules, port] = [process.argv[2], Number(process.argv[3])];
const load = (name) => require(path.join(modules, 'firebase-tools', 'lib', 'emulator', name));
const project = 'demo-pbx';
const host = '127.0.0.1';
const { StorageEmulator } = load('storage');
const { createApp } = load('storage/server');
const { EmulatorRegistry } = load('registry');
const emulator = new StorageEmulator({ projectId: project, host, port, auto_download: false, rules: { name: 'none', content: '' } });
EmulatorRegistry.INSTANCES.set('storage', emulator);
createApp(project, emulator).then((app) => app.listen(port, host), (error) => {
  console.error(error);
  process.exit(1);
});

// Run once by the image's entrypoint, as root, when the data folder is new: the two users of the service. The service
// reads and writes documents; only the owner makes collections and indexes.
const fs = require('fs');

const name = process.env.SERVICE;
const read = (file) => fs.readFileSync(`/secrets/owner/${file}`, 'utf8').trim();
const database = db.getSiblingDB(name);

database.createRole({
  role: 'documents',
  privileges: [
    {
      resource: { db: name, collection: '' },
      actions: ['find', 'insert', 'update', 'remove', 'listCollections', 'listIndexes', 'killCursors'],
    },
  ],
  roles: [],
});
database.createUser({ user: `${name}_service`, pwd: read('service-password'), roles: ['documents'] });
database.createUser({ user: `${name}_owner`, pwd: read('owner-password'), roles: ['readWrite', 'dbAdmin'] });

import { MongoClient } from 'mongodb';

/** Does the work, and tells which commands the database profiled meanwhile, such as `find products`, in order of names. */
export async function profileCommands(ownerUrl: string, work: () => Promise<unknown>): Promise<string[]> {
  const owner = await new MongoClient(ownerUrl).connect();
  try {
    const database = owner.db();
    await database.command({ profile: 2 });
    await work();
    await database.command({ profile: 0 });
    const noted = await database
      .collection<{ readonly ns: string; readonly command: Record<string, unknown> }>('system.profile')
      // Nor what the driver says to log in and to keep sessions.
      .find({ $or: [{ ns: { $not: /\.\$cmd$/ } }, { 'command.getMore': { $exists: true } }] })
      .toArray();
    await database.dropCollection('system.profile');
    return noted.map(({ ns, command }) => `${Object.keys(command)[0]} ${ns.split('.')[1]}`).sort();
  } finally {
    await owner.close();
  }
}

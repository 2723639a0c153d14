/** Of the file; one that is newer than this is left alone. */
export const schemaVersion = 1

/** `flwq`: tells our files from other SQLite files. */
export const applicationId = 0x66_6c_77_71

/** Of each connection. FULL: a commit is on the disk when it returns, in WAL mode too. */
export const connectionSettings = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
`

/**
 * What waits and what is being done are two tables, since both may hold the same key: while work is done it may be asked for
 * again. A lane has one claim at most, which its primary key holds.
 */
export const createTables = `
  CREATE TABLE IF NOT EXISTS waiting (
    key TEXT PRIMARY KEY,
    lane TEXT NOT NULL,
    priority INTEGER NOT NULL,
    work TEXT NOT NULL,
    due INTEGER NOT NULL,
    number INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    deliveries TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS waiting_order ON waiting (priority, due, number);
  CREATE INDEX IF NOT EXISTS waiting_due ON waiting (due);
  CREATE TABLE IF NOT EXISTS claimed (
    lane TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    holder TEXT NOT NULL,
    worker TEXT NOT NULL,
    lease INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    work TEXT NOT NULL,
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    deliveries TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS taken (delivery TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS taken_at ON taken (at);
  CREATE TABLE IF NOT EXISTS numbers (name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS lease (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
`

export const sql = {
  /** Says by its count of changes whether the delivery is new. */
  takeDelivery: `INSERT INTO taken (delivery, at) VALUES (:delivery, :at) ON CONFLICT DO NOTHING`,
  forgetDeliveries: `DELETE FROM taken WHERE at <= :at`,
  nextNumber: `
    INSERT INTO numbers (name, last) VALUES ('work', 1)
    ON CONFLICT (name) DO UPDATE SET last = last + 1 RETURNING last`,
  /**
   * Work that comes: the last one's content, in the place of the one that waited, and due as soon as either. Nobody who asks
   * again and again puts it off, and a new request does not wait for the pause after a failure.
   */
  putWaiting: `
    INSERT INTO waiting (key, lane, priority, work, due, number, attempts, deliveries)
    VALUES (:key, :lane, :priority, :work, :due, :number, :attempts, :deliveries)
    ON CONFLICT (key) DO UPDATE SET
      lane = excluded.lane, priority = min(priority, excluded.priority), work = excluded.work,
      due = min(due, excluded.due), attempts = excluded.attempts, deliveries = excluded.deliveries`,
  /** Work that comes back: what was asked for meanwhile is newer, and is what is done. */
  putBack: `
    INSERT INTO waiting (key, lane, priority, work, due, number, attempts, deliveries)
    VALUES (:key, :lane, :priority, :work, :due, :number, :attempts, :deliveries)
    ON CONFLICT (key) DO UPDATE SET
      priority = min(priority, excluded.priority), attempts = max(attempts, excluded.attempts),
      deliveries = excluded.deliveries`,
  waitingOf: `SELECT * FROM waiting WHERE key = :key`,
  nextWaiting: `
    SELECT * FROM waiting WHERE due <= :now AND lane NOT IN (SELECT lane FROM claimed)
    ORDER BY priority, due, number LIMIT 1`,
  takeWaiting: `DELETE FROM waiting WHERE key = :key`,
  putClaimed: `
    INSERT INTO claimed (lane, key, token, holder, worker, lease, priority, work, due, attempts, deliveries)
    VALUES (:lane, :key, :token, :holder, :worker, :lease, :priority, :work, :due, :attempts, :deliveries)`,
  /** Gives what was claimed; nothing where somebody else has the lane by now. */
  takeClaimed: `DELETE FROM claimed WHERE token = :token RETURNING *`,
  renew: `UPDATE claimed SET lease = :lease WHERE token = :token`,
  endedClaims: `SELECT token FROM claimed WHERE lease <= :now`,
  holders: `SELECT DISTINCT holder FROM claimed`,
  claimsOf: `SELECT token FROM claimed WHERE holder = :holder`,
  hasClaimable: `
    SELECT EXISTS (SELECT 1 FROM waiting WHERE due <= :now AND lane NOT IN (SELECT lane FROM claimed))
        OR EXISTS (SELECT 1 FROM claimed WHERE lease <= :now) AS found`,
  nextDue: `SELECT min(due) AS due FROM waiting WHERE due > :now`,
  depth: `
    SELECT (SELECT count(*) FROM waiting) AS waiting, (SELECT count(*) FROM claimed) AS active,
           (SELECT min(due) FROM waiting) AS due`,
  getState: `SELECT value FROM state WHERE key = :key`,
  /** From the first that may start with the prefix on; the reader stops at the first that does not. */
  listState: `SELECT key, value FROM state WHERE key >= :prefix ORDER BY key`,
  putState: `
    INSERT INTO state (key, value) VALUES (:key, :value)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  dropState: `DELETE FROM state WHERE key = :key`,
  /** Says by its count of changes whether the holder has it. */
  takeLease: `
    INSERT INTO lease (name, holder, until) VALUES (:name, :holder, :until)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE holder = excluded.holder OR until <= :now`,
  giveLeaseBack: `DELETE FROM lease WHERE name = :name AND holder = :holder`,
  isLeased: `SELECT 1 FROM lease WHERE name = :name AND until > :now`,
} as const

"""The bell between API and worker: Redis or Valkey pub/sub."""

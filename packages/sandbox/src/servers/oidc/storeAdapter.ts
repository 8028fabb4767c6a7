import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import { OidcPayload, OidcStore } from '../../world/oidc/OidcStore';

/** `oidc-provider`'s storage on the world's {@link OidcStore}. */
export function storeAdapter(store: OidcStore): AdapterFactory {
  return (model): Adapter => ({
    async upsert(id, payload, expiresIn) {
      store.save(model, id, payload as OidcPayload, expiresIn);
    },
    async find(id) {
      return store.find(model, id) as AdapterPayload | undefined;
    },
    async findByUid(uid) {
      return store.findBy(model, 'uid', uid) as AdapterPayload | undefined;
    },
    async findByUserCode(userCode) {
      return store.findBy(model, 'userCode', userCode) as
        | AdapterPayload
        | undefined;
    },
    async consume(id) {
      store.consume(model, id);
    },
    async destroy(id) {
      store.remove(model, id);
    },
    async revokeByGrantId(grantId) {
      store.removeGrant(grantId);
    },
  });
}

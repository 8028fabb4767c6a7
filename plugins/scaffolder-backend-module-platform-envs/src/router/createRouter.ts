import {
  HttpAuthService,
  PermissionsService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import express from 'express';
import Router from 'express-promise-router';
import { NameChecks } from '../names/NameChecks';
import { assertComponentName } from '../platform/componentName';
import { openPlatform } from '../platform/openPlatform';
import { limitPerPerson } from './limitPerPerson';

/** As long as the schema of every template allows. */
const LONGEST_REF = 200;

/** What the routes are made of. */
export interface RouterOptions {
  httpAuth: HttpAuthService;
  userInfo: UserInfoService;
  permissions: PermissionsService;
  catalog: CatalogService;
  names: NameChecks;
}

/**
 * What a form asks while it is filled in, below `/platform-envs`.
 *
 * `GET /names/:name?system=` answers a `ComponentNameAnswer` to people who may
 * create components on that system: 400 for what can never be a name, 403, 404
 * for no such system, 429 for somebody who asks too often.
 */
export function createRouter(options: RouterOptions): express.Router {
  const { httpAuth, userInfo, permissions, catalog, names } = options;
  const router = Router();

  router.get(
    '/platform-envs/names/:name',
    limitPerPerson(httpAuth),
    async (req, res) => {
      const credentials = await httpAuth.credentials(req, { allow: ['user'] });
      const { name } = req.params;
      assertComponentName(name);
      const platform = await openPlatform({
        catalog,
        permissions,
        credentials,
        system: readSystem(req.query.system),
      });
      const info = await userInfo.getUserInfo(credentials);
      const answer = await names.check(platform, name, {
        credentials,
        userRef: credentials.principal.userEntityRef,
        ownershipRefs: info.ownershipEntityRefs,
      });
      res.set('Cache-Control', 'no-store').json(answer);
    },
  );

  return router;
}

/** @throws InputError */
function readSystem(value: unknown): string {
  if (typeof value !== 'string' || !value || value.length > LONGEST_REF) {
    throw new InputError(
      `Say which platform the name is for: ?system=<entity ref of a System, at most ${LONGEST_REF} characters>`,
    );
  }
  return value;
}

import { createApp } from '@backstage/frontend-defaults';
import { accessModules } from './modules/access';
import { homeModule } from './modules/home';
import { iconsModule } from './modules/icons';
import { navModule } from './modules/nav';
import { signInModule } from './modules/signIn';
import { themeModule } from './modules/theme';
import { titlesModule } from './modules/titles';

/** Everything else is discovered: see `app.packages` in app-config.yaml. */
export default createApp({
  features: [
    themeModule,
    navModule,
    homeModule,
    signInModule,
    iconsModule,
    titlesModule,
    ...accessModules,
  ],
});

import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';

// a slow machine is not a failure
configure({ asyncUtilTimeout: 10_000 });

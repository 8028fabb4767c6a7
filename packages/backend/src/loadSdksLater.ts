import { loadLater } from './loadLater';

// What stock plugins load when the portal starts, for services that few portals
// use: GKE clusters, buckets and documents at Google, blobs at Azure, Swift, and
// secrets of GitHub repositories.
loadLater([
  '@azure/storage-blob',
  '@google-cloud/container',
  '@google-cloud/firestore',
  '@google-cloud/storage',
  '@trendyol-js/openstack-swift-sdk',
  'libsodium-wrappers',
]);

// CloudFront calls it by this name for every request.
function handler(event) {
  const request = event.request;
  if (request.uri.endsWith('/')) {
    request.uri += 'index.html';
  } else if (!request.uri.slice(request.uri.lastIndexOf('/')).includes('.')) {
    request.uri += '/index.html';
  }
  return request;
}

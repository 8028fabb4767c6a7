/** A page as the browser stands on it. */
export interface BrowserPage {
  url: string;
  status: number;
  html: string;
}

/**
 * As much of a browser as signing in takes: cookies by path, redirects, forms.
 *
 * It does not leave the host and port where it began: the address that it is
 * sent to instead is the page, unread.
 */
export class Browser {
  private readonly cookies = new Map<string, { value: string; path: string }>();
  private home?: string;

  open(url: string): Promise<BrowserPage> {
    this.home = new URL(url).origin;
    return this.go(url);
  }

  /** Presses the button of a person. */
  choose(page: BrowserPage, login: string): Promise<BrowserPage> {
    return this.submit(page, { login });
  }

  /** Submits the form of a page with its hidden fields and these. */
  submit(
    page: BrowserPage,
    fields: Record<string, string>,
  ): Promise<BrowserPage> {
    this.home ??= new URL(page.url).origin;
    const action = page.html.match(/<form[^>]* action="([^"]+)"/)?.[1];
    if (!action) {
      throw new Error(`no form on ${page.url}: ${page.html}`);
    }
    const hidden = [...page.html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)];
    const body = new URLSearchParams(
      hidden.map(([input]) => [
        input.match(/name="([^"]*)"/)![1],
        unescape(input.match(/value="([^"]*)"/)![1]),
      ]),
    );
    for (const [name, value] of Object.entries(fields)) {
      body.set(name, value);
    }
    return this.go(new URL(unescape(action), page.url).href, {
      method: 'POST',
      body,
    });
  }

  private async go(url: string, init: RequestInit = {}): Promise<BrowserPage> {
    if (new URL(url).origin !== this.home) {
      return { url, status: 0, html: '' };
    }
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { cookie: this.cookiesFor(url) },
    });
    this.keep(response);
    const location = response.headers.get('location');
    if (location) {
      return this.go(new URL(location, url).href);
    }
    const page = { url, status: response.status, html: await response.text() };
    // a page that submits itself
    return /document\.forms\[0\]\.submit/.test(page.html)
      ? this.submit(page, {})
      : page;
  }

  private cookiesFor(url: string): string {
    const { pathname } = new URL(url);
    return [...this.cookies]
      .filter(([, { path }]) => pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
  }

  private keep(response: Response) {
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split('; ');
      const [name, value] = pair.split(/=(.*)/);
      const path = attributes.find(a => a.startsWith('path='))?.slice(5) ?? '/';
      if (value) {
        this.cookies.set(name, { value, path });
      } else {
        this.cookies.delete(name);
      }
    }
  }
}

function unescape(text: string): string {
  return text
    .replace(/&#x([0-9a-f]+);/gi, (_, hex) =>
      String.fromCodePoint(parseInt(hex, 16)),
    )
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');
}

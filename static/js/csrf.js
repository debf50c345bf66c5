// The token for requests that change something: signing in again in another tab changes it, so the cookie comes first.

export function csrfToken() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie ? cookie[1] : JSON.parse(document.body.getAttribute("hx-headers"))["x-csrftoken"];
}

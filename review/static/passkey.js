// Passkeys: asks the authenticator what the server wants asked, and sends its answer with the form.

document.documentElement.classList.add("has-script");

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withBytes = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));

const ask = async (options) => {
  if (!options.user) return navigator.credentials.get({ publicKey: { ...options, challenge: toBytes(options.challenge), allowCredentials: withBytes(options.allowCredentials) } });
  const user = { ...options.user, id: toBytes(options.user.id) };
  return navigator.credentials.create({ publicKey: { ...options, user, challenge: toBytes(options.challenge), excludeCredentials: withBytes(options.excludeCredentials) } });
};

const written = (credential) => {
  const response = { clientDataJSON: toText(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, clientExtensionResults: {}, response });
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) { form.hidden = true; continue; }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[data-passkey-problem]");
    problem.hidden = true;
    try {
      const token = new URLSearchParams({ form_token: form.elements.form_token.value });
      const answer = await fetch(form.dataset.passkey, { method: "POST", body: token });
      if (!answer.ok) throw new Error(String(answer.status));
      form.elements.answer.value = written(await ask(await answer.json()));
      form.submit();
    } catch {
      problem.hidden = false;
    }
  });
}

npm install oidc-client-ts
cp node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js .
python3 -m http.server 5000 --bind 127.0.0.1
# then open http://spa.localhost:5000/

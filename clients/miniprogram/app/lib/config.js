// The back end's address: in a real mini-program https, and one of its business and request domains.
module.exports = { origin: "http://localhost:8004" };

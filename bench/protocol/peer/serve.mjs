// Serves the peer on PEER_PORT of 127.0.0.1 and says so.
import { provider } from "./provider.mjs";

provider.listen(Number(process.env.PEER_PORT), "127.0.0.1", () => console.log("ready"));

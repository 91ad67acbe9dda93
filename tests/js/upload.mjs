// Uploads a file with tus-js-client over a line that may break; prints the upload's address and its video's id.
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { Upload } from "tus-js-client";

const [address, token, path] = process.argv.slice(2);
const upload = new Upload(createReadStream(path), {
  endpoint: `${address}/api/v1/uploads`,
  headers: { Authorization: `Bearer ${token}` },
  metadata: { filename: basename(path), filetype: "video/mp4" },
  retryDelays: Array(60).fill(200),
  onError: (error) => { console.error(String(error)); process.exit(1); },
  onSuccess: ({ lastResponse }) => {
    console.log(JSON.stringify({ url: upload.url, video_id: lastResponse.getHeader("Marquee-Video-Id") }));
    process.exit(0);
  },
});
upload.start();

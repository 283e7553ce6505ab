// Hands a Blob of this page to the browser as a file. No request is made.

export function download(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads the Blob after the click returns; a minute is ample.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

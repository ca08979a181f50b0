/** Leaves NAME.br and NAME.gz beside each file of the folder that gets smaller by it. */
export function compressFiles(folder: string): void;

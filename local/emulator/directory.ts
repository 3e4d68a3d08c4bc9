import { join } from "node:path";
import { projectDirectory } from "../project";

/** Where the Python part of the emulator is: beside the sources, also when this runs from their compiled form. */
export const emulatorDirectory = join(projectDirectory, "local", "emulator");

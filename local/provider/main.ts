import { pluginVersion } from "./install";
import { live } from "./lifetime";
import { Provider } from "./provider";
import { serve } from "./server";

void serve(new Provider(pluginVersion("aws"), process.env)).then(live);

import { wireDialogs } from "./islands/dialogs";
import { wireFlashes } from "./islands/flash";
import { wireNetwork } from "./islands/network";
import { wireTheme } from "./islands/theme";

wireDialogs();
wireFlashes();
wireNetwork();
wireTheme();

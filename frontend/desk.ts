import { wireDialogs } from "./islands/dialogs";
import { wireFlashes } from "./islands/flash";
import { wireKeys } from "./islands/keys";
import { wirePartials } from "./islands/partials";
import { wireSelection } from "./islands/selection";
import { wireTheme } from "./islands/theme";

wirePartials();
wireDialogs();
wireFlashes();
wireKeys();
wireTheme();
wireSelection();

import { wireDialogs } from "./islands/dialogs";
import { wireFlashes } from "./islands/flash";
import { wireKeys } from "./islands/keys";
import { wirePartials } from "./islands/partials";
import { wirePhrases } from "./islands/phrases";
import { wireQuickSend } from "./islands/quick-send";
import { wireSelection } from "./islands/selection";
import { wireTheme } from "./islands/theme";

wirePartials();
wireDialogs();
wireFlashes();
wireKeys();
wirePhrases();
wireQuickSend();
wireTheme();
wireSelection();

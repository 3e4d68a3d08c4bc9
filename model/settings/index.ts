export type { NetworkSettings } from "./network";
export {
    parseSettings,
    withLines,
    type AccessSettings,
    type BaseSettings,
    type BranchSettings,
    type IngressSettings,
    type Lines,
    type ParsedSettings,
    type ServiceSettings,
    type Settings,
} from "./parse";
export type { RestOfSettings } from "./rest";
export { settingKeys, type SettingKey } from "./reference";
export { checkTogether, type SettingsFile } from "./together";
